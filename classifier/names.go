package classifier

// PlaceName returns the name of a place by its ID: the English one for language "en", the Vietnamese one otherwise, and the
// ID itself where the gazetteer does not know it any more.
func (c *Classifier) PlaceName(id, language string) string {
	p := c.places.byID[id]
	switch {
	case p == nil:
		return id
	case language == "en" && len(p.EN) > 0:
		return p.EN[0]
	}
	return p.VI[0]
}
