package query

import "strings"

// Reason is the kind of a mistake.
type Reason string

// The kinds of mistakes.
const (
	ReasonSyntax  Reason = "syntax"  // something is missing or in the wrong place
	ReasonForeign Reason = "foreign" // the form of another system
	ReasonField   Reason = "field"   // an unknown field or a value it does not take
	ReasonValue   Reason = "value"   // a number, date or weight that cannot be read
	ReasonLimit   Reason = "limit"   // too long, too deep, too many, too far
	ReasonAnchor  Reason = "anchor"  // nothing that must be present
	ReasonList    Reason = "list"    // an unknown or empty list
	ReasonPlace   Reason = "place"   // an operator that cannot stand inside this one
)

// problem is an Error that has no place yet.
type problem struct {
	reason        Reason
	problem, hint Message
}

// with puts s where the messages have %s.
func (p problem) with(s string) problem {
	fill := func(m Message) Message {
		return Message{strings.ReplaceAll(m.VI, "%s", s), strings.ReplaceAll(m.EN, "%s", s)}
	}
	return problem{p.reason, fill(p.problem), fill(p.hint)}
}

// at gives the problem its place: a character from 0 and what is written there.
func (p problem) at(start int, piece string) *Error {
	return &Error{Reason: p.reason, Column: start + 1, Piece: strings.TrimSpace(piece), Problem: p.problem, Hint: p.hint}
}

// What users of other systems write.
var (
	ampersands = problem{
		ReasonForeign,
		Message{"&& không phải toán tử", "&& is not an operator"},
		Message{"viết AND, hoặc chỉ một dấu cách: `vỡ đập`", "write AND, or just a space: `dam collapse`"},
	}
	bars = problem{
		ReasonForeign,
		Message{"dấu | không phải toán tử", "| is not an operator"},
		Message{"viết OR: `lũ OR lụt`", "write OR: `flood OR inundation`"},
	}
	minus = problem{
		ReasonForeign,
		Message{"dấu trừ hay dấu ! không loại trừ từ", "a minus or ! does not exclude a word"},
		Message{"viết `NOT %s`; nếu chỉ là dấu gạch, thêm dấu cách", "write `NOT %s`; if it is only a dash, add a space"},
	}
	plus = problem{
		ReasonForeign,
		Message{"không cần dấu +: mọi từ đều bắt buộc", "no + is needed: every word is required"},
		Message{"viết `%s`", "write `%s`"},
	}
	slop = problem{
		ReasonForeign,
		Message{"dấu ~ sau cụm từ không được dùng ở đây", "a ~ after a phrase is not used here"},
		Message{"viết khoảng cách giữa các từ: `%s`", "write the distance between the words: `%s`"},
	}
	fuzzy = problem{
		ReasonForeign,
		Message{"không có tìm gần đúng bằng ~", "there is no fuzzy search with ~"},
		Message{"viết các cách viết với OR; chữ không dấu đã khớp mọi dấu", "write the spellings with OR; a word without marks already matches all marks"},
	}
	regularExpression = problem{
		ReasonForeign,
		Message{"không có biểu thức chính quy", "there are no regular expressions"},
		Message{"viết các từ với OR, hoặc phần đầu của từ: `thuy*`", "write the words with OR, or the beginning of a word: `vaccin*`"},
	}
	address = problem{
		ReasonForeign,
		Message{"địa chỉ trang không phải là từ", "an address is not a word"},
		Message{"viết `site:vnexpress.net` để lọc theo trang, hoặc đặt địa chỉ trong ngoặc kép", "write `site:example.vn` to filter by site, or put the address in quotes"},
	}
	leadingWildcard = problem{
		ReasonForeign,
		Message{"dấu * hay ? không thể đứng đầu từ", "a * or ? cannot begin a word"},
		Message{"viết phần đầu của từ: `thuy*`", "write the beginning of the word: `vaccin*`"},
	}
	innerWildcard = problem{
		ReasonForeign,
		Message{"dấu * chỉ đứng ở cuối từ, và không có dấu ? hay % thay chữ", "a * stands only at the end of a word, and there is no ? or % for letters"},
		Message{"viết `thuy*`, hoặc các từ với OR", "write `vaccin*`, or the words with OR"},
	}
	shortWildcardVI = problem{
		ReasonLimit,
		Message{"trước dấu * cần ít nhất 3 chữ cái", "a * needs at least 3 letters before it"},
		Message{"viết dài hơn, như `thu*`", "write more of the word, as in `thu*`"},
	}
	shortWildcardEN = problem{
		ReasonLimit,
		Message{"trước dấu * của một từ không phải tiếng Việt cần ít nhất 4 chữ cái", "a * needs at least 4 letters before it in a word that is not Vietnamese"},
		Message{"viết dài hơn, như `vacc*`", "write more of the word, as in `vacc*`"},
	}
	nearSpelling = problem{
		ReasonForeign,
		Message{"toán tử khoảng cách viết khác ở đây", "the distance operator is spelt otherwise here"},
		Message{"viết `a %s b`, bằng chữ hoa", "write `a %s b`, in capitals"},
	}
	lowerCall = problem{
		ReasonForeign,
		Message{"tên hàm này viết khác ở đây", "this function is spelt otherwise here"},
		Message{"viết `%s(…)`, bằng chữ hoa", "write `%s(…)`, in capitals"},
	}
	braces = problem{
		ReasonForeign,
		Message{"ngoặc nhọn không được dùng ở đây", "braces are not used here"},
		Message{"để phân biệt chữ hoa và dấu, viết `raw:%s`", "for exact case and marks, write `raw:%s`"},
	}
	byline = problem{
		ReasonField,
		Message{"tên tác giả không được lưu, và không thể tìm", "by-lines are not kept and cannot be searched"},
		Message{"tìm theo trang: `site:vnexpress.net`", "search by site: `site:example.vn`"},
	}
)

// Fields.
var (
	otherField = problem{
		ReasonField,
		Message{"không có trường này", "there is no such field"},
		Message{"viết `%s:`", "write `%s:`"},
	}
	unknownField = problem{
		ReasonField,
		Message{"không có trường `%s:`", "there is no field `%s:`"},
		Message{
			"các trường: title lead body site outlet country lang topic claim stance place published seen raw fold; nếu dấu hai chấm thuộc về văn bản, đặt trong ngoặc kép",
			"fields: title lead body site outlet country lang topic claim stance place published seen raw fold; if the colon belongs to the text, use quotes",
		},
	}
	noValue = problem{
		ReasonField,
		Message{"`%s:` cần một giá trị ngay sau", "`%s:` needs a value right after it"},
		Message{"ví dụ `site:vnexpress.net` hay `site:(vnexpress.net OR tuoitre.vn)`", "for example `site:bbc.com` or `site:(bbc.com OR apnews.com)`"},
	}
	badLang = problem{
		ReasonField,
		Message{"ngôn ngữ là vi, en hoặc other", "a language is vi, en or other"},
		Message{"viết `lang:vi`", "write `lang:vi`"},
	}
	badStance = problem{
		ReasonField,
		Message{"không có lập trường này", "there is no such stance"},
		Message{
			"một trong: carries questions denies reports_debunk reports_penalty disputed unclear",
			"one of: carries questions denies reports_debunk reports_penalty disputed unclear",
		},
	}
	badCountry = problem{
		ReasonField,
		Message{"quốc gia là mã hai chữ cái", "a country is a code of two letters"},
		Message{"viết `country:VN`", "write `country:VN`"},
	}
	badSite = problem{
		ReasonField,
		Message{"đây không phải tên miền", "this is not a domain"},
		Message{"viết `site:vnexpress.net`", "write `site:example.vn`"},
	}
	badDate = problem{
		ReasonValue,
		Message{"không đọc được ngày này", "this is not a date"},
		Message{
			"viết `2024-09-07`, `2024-09`, `2024-09-01..2024-09-30` hoặc `>=2024-09-01`",
			"write `2024-09-07`, `2024-09`, `2024-09-01..2024-09-30` or `>=2024-09-01`",
		},
	}
	emptyRange = problem{
		ReasonValue,
		Message{"khoảng ngày kết thúc trước khi bắt đầu", "the range ends before it begins"},
		Message{"viết ngày sớm trước: `2024-09-01..2024-09-30`", "write the earlier day first: `2024-09-01..2024-09-30`"},
	}
)

// Structure.
var (
	openQuote = problem{
		ReasonSyntax,
		Message{"ngoặc kép chưa đóng", "the quotation mark is not closed"},
		Message{"thêm \" ở cuối cụm từ, hoặc bỏ dấu này", "add \" at the end of the phrase, or leave this one out"},
	}
	openParen = problem{
		ReasonSyntax,
		Message{"ngoặc đơn chưa đóng", "the parenthesis is not closed"},
		Message{"thêm )", "add )"},
	}
	strayClose = problem{
		ReasonSyntax,
		Message{"ngoặc này chưa mở", "this bracket was never opened"},
		Message{"bỏ đi, hoặc thêm ngoặc mở ở trước", "leave it out, or open it before"},
	}
	openList = problem{
		ReasonSyntax,
		Message{"ngoặc vuông chưa đóng", "the square bracket is not closed"},
		Message{"viết `[lũ^3 mưa^1] >= 4`", "write `[flood^3 rain^1] >= 4`"},
	}
	emptyGroup = problem{
		ReasonSyntax,
		Message{"trong ngoặc không có gì", "there is nothing in the brackets"},
		Message{"viết ít nhất một từ, hoặc bỏ ngoặc", "write at least one word, or leave the brackets out"},
	}
	emptyPhrase = problem{
		ReasonSyntax,
		Message{"cụm từ không có chữ nào", "the phrase has no word in it"},
		Message{"viết ít nhất một từ giữa hai dấu ngoặc kép", "write at least one word between the quotation marks"},
	}
	missingOperand = problem{
		ReasonSyntax,
		Message{"%s cần một từ ở cả hai bên", "%s needs something on both sides"},
		Message{"viết `lũ %s lụt`; nếu chỉ là một từ bình thường, viết chữ nhỏ hoặc đặt trong ngoặc kép", "write `flood %s storm`; if it is a plain word, use small letters or quotes"},
	}
	missingAfter = problem{
		ReasonSyntax,
		Message{"sau %s cần một từ hay một ngoặc", "%s needs a word or a bracket after it"},
		Message{"ví dụ `lũ AND NOT diễn tập`, `title:lũ`, `SENT(lũ lụt)`", "for example `flood AND NOT drill`, `title:flood`, `SENT(dam collapse)`"},
	}
	nearNumber = problem{
		ReasonSyntax,
		Message{"NEAR cần một con số", "NEAR needs a number"},
		Message{"viết `a NEAR/5 b`", "write `a NEAR/5 b`"},
	}
	strayWeight = problem{
		ReasonSyntax,
		Message{"trọng số ^ chỉ dùng trong danh sách có điểm", "a weight ^ works only in a weighted list"},
		Message{"viết `[lũ^3 mưa^1] >= 4`", "write `[flood^3 rain^1] >= 4`"},
	}
	noThreshold = problem{
		ReasonSyntax,
		Message{"danh sách có điểm cần một ngưỡng", "a weighted list needs a threshold"},
		Message{"viết `[lũ^3 mưa^1] >= 4`", "write `[flood^3 rain^1] >= 4`"},
	}
	badWeight = problem{
		ReasonValue,
		Message{"không đọc được trọng số này", "this weight cannot be read"},
		Message{"viết `lũ^3`, `diễn^-2`, hoặc `lũ^3x2` để tính nhiều nhất hai lần; tối đa hai chữ số thập phân", "write `flood^3`, `drill^-2`, or `flood^3x2` to count it at most twice; two decimals at most"},
	}
	strayThreshold = problem{
		ReasonValue,
		Message{"ngưỡng phải lớn hơn 0, nhiều nhất 1000000, tối đa hai chữ số thập phân", "the threshold must be above 0, at most 1000000, with two decimals at most"},
		Message{"viết `[lũ^3 mưa^1] >= 4`", "write `[flood^3 rain^1] >= 4`"},
	}
	unreachable = problem{
		ReasonValue,
		Message{"ngưỡng này không bao giờ đạt được: tổng điểm cao nhất là %s", "this threshold can never be reached: all items together give %s"},
		Message{"hạ ngưỡng hoặc tăng trọng số", "lower the threshold or raise a weight"},
	}
	capOnGroup = problem{
		ReasonValue,
		Message{"một nhóm chỉ được tính một lần", "a group counts only once"},
		Message{"bỏ `x…`, hoặc cho điểm từng từ", "leave out `x…`, or give each word its weight"},
	}
	badNumber = problem{
		ReasonSyntax,
		Message{"NUM cần đơn vị, phép so sánh và con số", "NUM needs a unit, a comparison and a number"},
		Message{"viết `%s`", "write `%s`"},
	}
	badComparison = problem{
		ReasonSyntax,
		Message{"phép so sánh của NUM là >=, >, <=, < hoặc =", "NUM compares with >=, >, <=, < or ="},
		Message{"viết `%s`", "write `%s`"},
	}
	badFigure = problem{
		ReasonValue,
		Message{"không đọc được con số này", "this number cannot be read"},
		Message{"viết `%s`; cũng được: `1,2 triệu`, `ba mươi`", "write `%s`; also good: `1.2 million`, `two dozen`"},
	}
	badCount = problem{
		ReasonSyntax,
		Message{"COUNT viết chưa đúng", "this is not how COUNT is written"},
		Message{"viết `COUNT(sources) >= 3 WITHIN 2h`", "write `COUNT(sources) >= 3 WITHIN 2h`"},
	}
	countPlace = problem{
		ReasonPlace,
		Message{"COUNT nói về cả câu chuyện, nên chỉ đứng một lần, nối bằng AND ở ngoài cùng", "COUNT speaks of the whole story, so it stands once, joined by AND outside all brackets"},
		Message{"viết `(lũ OR lụt) AND COUNT(sources) >= 3 WITHIN 2h`", "write `(flood OR storm) AND COUNT(sources) >= 3 WITHIN 2h`"},
	}
	nearSide = problem{
		ReasonPlace,
		Message{"%s nối từ, cụm từ, hoặc nhóm OR của chúng", "%s joins words, phrases, or OR groups of them"},
		Message{"viết `(lũ OR lụt) NEAR/5 đập`; để tìm trong một câu, viết `SENT(…)`", "write `(flood OR storm) NEAR/5 dam`; for anything in one sentence, write `SENT(…)`"},
	}
	nearScope = problem{
		ReasonPlace,
		Message{"trường không thể đứng trong %s", "a field cannot stand inside %s"},
		Message{"đặt trường ở ngoài: `title:(vỡ NEAR/5 đập)`", "put the field outside: `title:(dam NEAR/5 collapse)`"},
	}
	metaScope = problem{
		ReasonPlace,
		Message{"chỉ từ ngữ mới đứng được trong %s", "only words can stand inside %s"},
		Message{"nối ở ngoài bằng AND: `title:lũ AND site:vnexpress.net`", "join it outside with AND: `title:flood AND site:bbc.com`"},
	}
	modeScope = problem{
		ReasonPlace,
		Message{"%s chỉ dùng cho từ, cụm từ và nhóm OR của chúng", "%s works for words, phrases and OR groups of them"},
		Message{"viết `raw:WHO` hoặc `raw:(WHO OR \"Bộ Y tế\")`", "write `raw:WHO` or `raw:(WHO OR UNICEF)`"},
	}
	negativeItem = problem{
		ReasonPlace,
		Message{"trong danh sách có điểm không dùng NOT", "NOT is not used in a weighted list"},
		Message{"cho từ ấy trọng số âm: `diễn^-2`", "give the word a negative weight: `drill^-2`"},
	}
	itemAnchor = problem{
		ReasonPlace,
		Message{"mỗi mục của danh sách có điểm phải có một từ", "each item of a weighted list must have a word in it"},
		Message{"đặt bộ lọc ở ngoài danh sách", "put filters outside the list"},
	}
)

// Lists, limits, anchors.
var (
	unknownList = problem{
		ReasonList,
		Message{"không có danh sách @%s", "there is no list @%s"},
		Message{"xem tên các danh sách trong cấu hình; nếu @ thuộc về văn bản, đặt trong ngoặc kép", "see the names of the lists in the configuration; if the @ belongs to the text, use quotes"},
	}
	emptyList = problem{
		ReasonList,
		Message{"danh sách @%s không có từ nào", "the list @%s has no words"},
		Message{"thêm từ vào danh sách", "add words to the list"},
	}
	badEntry = problem{
		ReasonList,
		Message{"mục %s của danh sách này không phải từ hay cụm từ", "entry %s of this list is not a word or a phrase"},
		Message{"mỗi mục là một từ, một cụm từ hoặc từ*", "an entry is a word, a phrase or word*"},
	}
	noAnchor = problem{
		ReasonAnchor,
		Message{"câu truy vấn cần ít nhất một từ bắt buộc phải có", "a query needs at least one word that must be present"},
		Message{"thêm một từ không có NOT và không có dấu *", "add a word without NOT and without *"},
	}
	branchAnchor = problem{
		ReasonAnchor,
		Message{"nhánh này của OR đúng cả khi không có từ nào", "this branch of OR holds without any word"},
		Message{"thêm vào nhánh này một từ phải có: `lũ OR (lụt AND NOT diễn)`", "add a word to this branch: `flood OR (storm AND NOT drill)`"},
	}
	tooLong = problem{
		ReasonLimit,
		Message{"câu truy vấn dài quá %s ký tự", "the query is longer than %s characters"},
		Message{"chia thành nhiều câu, hoặc dùng danh sách @tên", "split it, or use a list @name"},
	}
	tooDeep = problem{
		ReasonLimit,
		Message{"ngoặc lồng nhau quá %s tầng", "brackets are nested more than %s deep"},
		Message{"bỏ bớt ngoặc", "remove some brackets"},
	}
	tooManyTerms = problem{
		ReasonLimit,
		Message{"câu truy vấn có hơn %s từ", "the query has more than %s terms"},
		Message{"chia thành nhiều câu", "split it"},
	}
	tooManyWildcards = problem{
		ReasonLimit,
		Message{"câu truy vấn có hơn %s từ với dấu *", "the query has more than %s words with *"},
		Message{"viết đủ một số từ", "write some of the words in full"},
	}
	longPhrase = problem{
		ReasonLimit,
		Message{"cụm từ dài quá %s tiếng", "the phrase is longer than %s words"},
		Message{"cắt thành các cụm ngắn hơn", "cut it into shorter phrases"},
	}
	farNear = problem{
		ReasonLimit,
		Message{"khoảng cách phải từ 1 đến %s", "the distance must be from 1 to %s"},
		Message{"viết `a NEAR/10 b`; để tìm trong một đoạn, viết `PARA(a b)`", "write `a NEAR/10 b`; for one paragraph, write `PARA(a b)`"},
	}
	heavyWeight = problem{
		ReasonLimit,
		Message{"trọng số phải từ -1000 đến 1000, và tính từ 1 đến 100 lần", "a weight must be from -1000 to 1000, and count from 1 to 100 times"},
		Message{"viết số nhỏ hơn", "write a smaller number"},
	}
)
