package article

// agencies are those whom outlets credit with a text, by the name that is shown, with the other spellings. They are houses,
// never people: a by-line is no credit.
var agencies = map[string]string{
	"TTXVN":      "TTXVN/Vietnam+|TTXVN/Tin tức|Thông tấn xã Việt Nam|Vietnam News Agency|Viet Nam News Agency|VNA/VNS|VNA|VNS|Vietnam+|VietnamPlus|Bnews/TTXVN|Báo Tin tức",
	"Reuters":    "Thomson Reuters|Rtr",
	"AFP":        "Agence France-Presse|Agence France Presse|AFP/TTXVN",
	"AP":         "The Associated Press|Associated Press|Hãng AP",
	"Tân Hoa Xã": "Tân Hoa xã|Tân Hoa|Tân Hoa Xã/TTXVN|THX|THX/TTXVN|Xinhua|Xinhuanet|Xinhua News Agency|新华社",
	"TASS":       "Itar-Tass|ITAR TASS", "RIA Novosti": "RIA|Ria Novosti", "Sputnik": "Sputnik News|Sputniknews", "Interfax": "",
	"Kyodo": "Kyodo News", "Yonhap": "Yonhap News|Yonhap News Agency", "Bloomberg": "Bloomberg News", "dpa": "DPA|Deutsche Presse-Agentur",
	"EFE": "", "ANSA": "", "PTI": "Press Trust of India", "ANI": "", "Bernama": "", "Antara": "", "UPI": "", "Anadolu": "Anadolu Agency|AA",
	"Jiji": "Jiji Press", "CNA": "Channel NewsAsia|Channel News Asia", "KCNA": "", "IRNA": "", "MTI": "", "APA": "", "ATS": "Keystone-ATS",
}

// houses are outlets that others copy from.
var houses = map[string]string{
	"VnExpress": "VNE|Vnexpress.net", "Tuổi Trẻ": "TTO|Báo Tuổi Trẻ|Tuổi Trẻ Online|Tuoi Tre News", "Thanh Niên": "TNO|Báo Thanh Niên|Thanh Niên Online",
	"Dân Trí": "Báo Dân trí|Dantri", "Người Lao Động": "NLĐ|NLĐO|Báo Người Lao động", "VOV": "VOV.VN|VOV News|Đài Tiếng nói Việt Nam",
	"VTV": "VTV.vn|VTV News|VTV Online", "VTC": "VTC News|VTC14|VTC.vn", "Znews": "Zing|Zing.vn|Zing News|Tri thức Zing", "VietNamNet": "Vietnamnet.vn|VNN",
	"Tiền Phong": "TPO|Báo Tiền Phong", "Lao Động": "LĐO|Báo Lao động", "Công an Nhân dân": "CAND|Báo CAND", "Báo Chính phủ": "Chinhphu.vn|VGP|VGP News|Báo Điện tử Chính phủ",
	"Nhân Dân": "Báo Nhân dân|NDO", "Quân đội Nhân dân": "QĐND|QĐND Online|Báo Quân đội nhân dân", "Sài Gòn Giải Phóng": "SGGP|SGGPO|SGGP Online", "Dân Việt": "danviet.vn",
	"Pháp Luật TP.HCM": "PLO|PLO.VN|Pháp luật TPHCM", "Đời sống Plus": "ĐSPL|Đời sống Plus/GĐVN", "Trí Thức Trẻ": "Trithuctre", "CafeF": "", "VnEconomy": "",
	"Infonet": "", "ANTV": "", "An ninh Thủ đô": "ANTĐ|ANTD.VN", "Khám phá": "", "GĐVN": "Gia đình Việt Nam", "Đất Việt": "Baodatviet.vn|ĐVO", "ICTnews": "ICTPress",
	"BBC": "BBC News|BBC Tiếng Việt", "CNN": "", "NBC News": "NBC", "CNBC": "", "VOA": "VOA News|Voice of America", "RFI": "", "DW": "Deutsche Welle", "NHK": "",
	"Nikkei": "Nikkei Asia|Nikkei Asian Review", "SCMP": "South China Morning Post", "The Guardian": "Guardian", "The New York Times": "New York Times|NYT|NY Times",
	"The Washington Post": "Washington Post", "The Wall Street Journal": "Wall Street Journal|WSJ", "Financial Times": "FT", "Daily Mail": "Dailymail|DM",
	"The Telegraph": "Telegraph", "The Independent": "Independent", "The Sun": "", "Mirror": "Daily Mirror", "RT": "Russia Today", "Al Jazeera": "Al-Jazeera", "The Straits Times": "Straits Times",
	"Global Times": "Hoàn Cầu Thời báo", "People's Daily": "Nhân Dân Nhật báo", "CCTV": "CCTV News", "CGTN": "", "Business Insider": "BI", "Newsweek": "", "Times of Israel": "", "Zvezda": "",
}
