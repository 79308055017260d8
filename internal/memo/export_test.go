package memo

// Has looks without using.
func (m *Memo[K, V]) Has(key K) bool {
	_, young := m.young[key]
	_, old := m.old[key]
	return young || old
}
