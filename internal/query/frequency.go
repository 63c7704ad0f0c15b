package query

func costOf(terms []*Term) float64 { return float64(len(terms)) }
