package search

// AlwaysAsk makes a service forget every room between two searches and ask the index of words whenever it can, so that a test
// need not fill a hundred chunks.
func (s *Service) AlwaysAsk() { s.plan, s.memory = plan{many: 1}, newMemory(0) }

// Matches tells whether a text holds every word of a query, by its text alone.
func Matches(query, text string) bool {
	q, err := parse(query)
	return err == nil && q.matches(text)
}
