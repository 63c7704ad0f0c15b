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

// TopicName returns the name of a topic by its ID, and the ID itself for one that the rules do not know any more.
func (c *Classifier) TopicName(id, language string) string {
	for _, t := range c.topics {
		if t.ID != id {
			continue
		}
		if language == "en" && t.Name.EN != "" {
			return t.Name.EN
		}
		return t.Name.VI
	}
	return id
}

// ClaimName returns the statement of a claim by its ID, and the ID itself for one that the rules do not have any more.
func (c *Classifier) ClaimName(id, language string) string {
	claim, ok := c.Claim(id)
	switch {
	case !ok:
		return id
	case language == "en" && claim.Statement.EN != "":
		return claim.Statement.EN
	}
	return claim.Statement.VI
}
