package directory

// CountTo makes a service count no further than n, as if n were many.
func (s *Service) CountTo(n int) { s.most = n }
