package directory

import (
	"context"

	"github.com/emosation/emosation/internal/account"
)

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

// Until returns those who come no later than somebody, in an order.
func (s *Service) Until(ctx context.Context, q Query, id account.ID) (ids []account.ID, err error) {
	db := s.db.WithContext(ctx)
	rows, err := details(db, "SELECT u.id FROM users u WHERE u.id = ?", "u.id", id)
	if err != nil {
		return nil, err
	}
	w := where(q.until(rows[0]))
	err = db.Raw("SELECT u.id FROM users u"+w.sql+" ORDER BY "+q.order(), w.args...).Scan(&ids).Error
	return ids, err
}
