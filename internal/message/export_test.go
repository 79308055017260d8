package message

// Waiting returns how many jobs wait for the writer.
func (s *Service) Waiting() int { return len(s.queue) }

// ForgetInSteps has even few readings forgotten in steps.
func (s *Service) ForgetInSteps() { s.forgetWhole = forgetAtOnce }
