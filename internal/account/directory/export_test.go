package directory

import "context"

// Spend makes a service count no further than most, take more than few for many, and follow an order for some steps.
func (s *Service) Spend(most, few, steps int) { s.effort = effort{most, few, steps} }

// At returns the cursor of the account at a place of an order, counted from its beginning.
func (s *Service) At(ctx context.Context, q Query, place int) (string, error) {
	rows, err := details(s.db.WithContext(ctx), "SELECT u.id FROM users u ORDER BY "+q.order()+" LIMIT 1 OFFSET ?", q.order(), place)
	if err != nil {
		return "", err
	}
	return q.cursor(rows[0]), nil
}
