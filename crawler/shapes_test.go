package crawler

import (
	"fmt"
	"strings"
	"testing"
)

// The paragraphs of the article in every shape of page, and what stands around and between them.
var (
	shapeBody = []string{
		"Đội thủy nông huyện cho biết tuyến kênh dài mười hai cây số đã thông, nước từ sông lớn về đến từng thửa ruộng ở cuối nguồn.",
		"Ba xã ven biển sẽ lấy nước luân phiên từ đầu tuần sau, mỗi xã hai ngày, bắt đầu từ xã xa nhất để bà con kịp xuống giống.",
		"“Năm nào cũng thế”, ông trưởng trạm nói.",
		"Lịch lấy nước đã dán ở trụ sở thôn, ai cần đổi ngày thì báo trước một buổi để anh em đóng mở cống cho đúng giờ.",
		"Vụ này cả huyện gieo sáu nghìn héc ta, nhiều hơn năm ngoái bốn trăm héc ta, theo số liệu của phòng nông nghiệp.",
	}
	shapeJunk = []string{
		"Tuyến đê phía nam được gia cố trước bão số chín", "Giá lúa đầu vụ nhích lên ở các chợ vùng ven biển", "Bạn đọc Lê: Tin hay quá",
		"Trang này dùng cookie", "Mua một tặng một", "Phóng viên ảnh mười năm tuổi nghề", "Đăng ký nhận bản tin", "Video đang tải", "Trang chủ",
		"Giấy phép số 12/GP", "Theo dõi chúng tôi trên Facebook", "Từ khóa: kênh", "playerInstance", "Bạn cần đăng nhập để gửi bình luận", "Đọc nhiều nhất tuần",
	}
)

const (
	shapeFigure = `<figure class="%s"><img src="/a.jpg" alt="ảnh"><figcaption class="%s"><p>Kênh chính sau khi nạo vét. Ảnh: VŨ LAM</p></figcaption></figure>`
	shapeAside  = `<div class="cookie-notice">Trang này dùng cookie để phục vụ bạn đọc tốt hơn.</div><div class="qc-banner">Mua một tặng một hôm nay thôi</div>`
	shapeTail   = `<div class="author-box"><b>Vũ Lam</b><p>Phóng viên ảnh mười năm tuổi nghề, theo dõi mảng nông nghiệp của báo.</p></div>
<div class="tags">Từ khóa: kênh, nước</div><div class="social">Theo dõi chúng tôi trên Facebook và Zalo để đọc tin mới.</div>
<div class="newsletter-signup"><p>Đăng ký nhận bản tin mỗi sáng của tòa soạn</p></div>
<div id="binhluan" class="box-comment"><p>Bạn cần đăng nhập để gửi bình luận</p><ul><li>Bạn đọc Lê: Tin hay quá, mong báo viết thêm về tuyến kênh nhánh ở xã tôi nhé.</li></ul></div>
<section class="most-read"><h3>Đọc nhiều nhất tuần</h3><ul><li><a href="/b-2.html">Giá lúa đầu vụ nhích lên ở các chợ vùng ven biển</a></li><li><a href="/a-1.html">Tuyến đê phía nam được gia cố trước bão số chín</a></li></ul></section>
<footer>Giấy phép số 12/GP do Bộ cấp. Tổng biên tập: N.V.A</footer>`
)

// shapes are the pages of content systems that Vietnamese outlets use or used, with what they put around an article. {n} is a
// paragraph.
var shapes = map[string]string{
	"VCCorp": `<div class="detail-content afcbc-body" data-role="content" itemprop="articleBody"><p>{0}</p>` + fmt.Sprintf(shapeFigure, "VCSortableInPreviewMode", "PhotoCMS_Caption") + `<p>{1}</p>
<div class="VCSortableInPreviewMode link-content-footer IMSCurrentEditorEditObject" type="RelatedOneNews"><a href="/a-1.html" title="x"><span>Tuyến đê phía nam được gia cố trước bão số chín</span></a><p>Mùa mưa năm nay về sớm hơn mọi năm nửa tháng.ĐỌC NGAY</p></div>
<p>{2}</p><div class="VCSortableInPreviewMode" type="VideoStream" data-src="x"><p>Video đang tải</p></div><p>{3}</p><zone id="k1"><script>var playerInstance = {"id": 1};</script></zone><p>{4}</p></div>`,
	"FPT": `<article class="fck_detail"><p class="Normal">{0}</p><figure data-size="true" class="tplCaption action_thumb_added"><div class="fig-picture"><img></div><figcaption><p class="Image">Kênh chính. Ảnh: <em>Vũ Lam</em></p></figcaption></figure>
<p class="Normal">{1}</p><div class="box-tinlienquanv2 width_common"><ul class="list-news"><li><a href="/a-1.html">Tuyến đê phía nam được gia cố trước bão số chín</a></li></ul></div><p class="Normal">{2}</p><p class="Normal">{3}</p>
<div class="banner-ads"><ins class="adsbyeclick">Mua một tặng một hôm nay thôi</ins></div><p class="Normal">{4}</p><p style="text-align:right;"><strong>Vũ Lam</strong></p></article>`,
	"Hemera": `<div class="article__body zce-content-body cms-body" itemprop="articleBody"><p>{0}</p><table class="picture"><tr><td class="pic"><img></td></tr><tr><td class="caption"><p>Kênh chính. (Ảnh: Vũ Lam)</p></td></tr></table><p>{1}</p>
<div class="cms-relate"><article class="story"><h3><a href="/a-1.html">Tuyến đê phía nam được gia cố trước bão số chín</a></h3><div class="summary"><p>Tỉnh chi bốn mươi tỷ đồng cho đoạn đê dài sáu cây số.</p></div></article></div><p>{2}</p><p>{3}</p>
<div class="article-ads"><p>Mua một tặng một hôm nay thôi</p></div><p>{4}</p></div>`,
	"Dân Trí": `<div class="singular-content"><p>{0}</p><figure class="image align-center"><img><figcaption><p>Kênh chính (Ảnh: Vũ Lam).</p></figcaption></figure><p>{1}</p><div class="article-related"><article class="article-item"><a href="/a-1.html">Tuyến đê phía nam được gia cố trước bão số chín</a></article></div>
<p>{2}</p><figure class="video"><video></video><figcaption>Video đang tải</figcaption></figure><p>{3}</p><p>{4}</p></div>`,
	"WordPress": `<div class="entry-content"><p>{0}</p><div id="attachment_1" class="wp-caption"><img><p class="wp-caption-text">Kênh chính</p></div><p>{1}</p><p><strong>Xem thêm: <a href="/a-1.html">Tuyến đê phía nam được gia cố trước bão số chín</a></strong></p><p>{2}</p><p>{3}</p><p>{4}</p>
<div class="sharedaddy"><h3>Chia sẻ</h3></div><div id="jp-relatedposts"><h3>Có liên quan</h3><p>Giá lúa đầu vụ nhích lên ở các chợ vùng ven biển</p></div></div>`,
	"blogspot": `<div class="post-body entry-content" itemprop="description articleBody">{0}<br /><br />{1}<br /><br />{2}<br /><br />{3}<br /><br />{4}<div style="clear:both"></div></div>`,
	"table of the year 2003": `<table width="780"><tr><td width="150" class="menu"><a href="/">Trang chủ</a><br><a href="/ts">Thời sự</a></td><td><table><tr><td class="pTitle">Kênh chính đã thông</td></tr><tr><td class="TextBody"><font face="Arial" size="2">
<P align=justify>{0}</P><P align=justify>{1}</P><P align=justify>{2}</P><P align=justify>{3}</P><P align=justify>{4}</P></font></td></tr><tr><td><a href="/a-1.html">Tuyến đê phía nam được gia cố trước bão số chín</a></td></tr></table></td></tr></table>`,
	"SharePoint": `<div class="ms-rtestate-field"><div class="ExternalClass"><div style="text-align:justify">{0}</div><div style="text-align:justify">{1}</div><div style="text-align:justify">{2}</div><div style="text-align:justify">{3}</div><div style="text-align:justify">{4}</div></div></div>
<div class="othernews"><a href="/a-1.html">Tuyến đê phía nam được gia cố trước bão số chín</a></div>`,
	"divs without a name":    `<div><div><div>{0}</div><div>{1}</div><div>{2}</div><div>{3}</div><div>{4}</div></div></div>`,
	"microdata":              `<div itemscope itemtype="https://schema.org/NewsArticle"><h2 itemprop="headline">Kênh chính đã thông</h2><time itemprop="datePublished" datetime="2026-11-21T07:00:00+07:00"></time><div itemprop="articleBody"><p>{0}</p><p>{1}</p><p>{2}</p><p>{3}</p><p>{4}</p></div></div>`,
	"AMP":                    `<article class="amp-wp-article"><div class="amp-wp-article-content"><p>{0}</p><amp-img src="/a.jpg" width="1" height="1"></amp-img><p>{1}</p><amp-ad type="doubleclick" width="300" height="250"><div>Mua một tặng một hôm nay thôi</div></amp-ad><p>{2}</p><p>{3}</p><p>{4}</p></div></article>`,
	"live blog":              `<article class="live-blog"><div class="live-item"><time datetime="2026-11-21T09:00:00+07:00">9:00</time><h3>Nước về</h3><p>{0}</p></div><div class="live-item"><time datetime="2026-11-21T08:30:00+07:00">8:30</time><p>{1}</p><p>{2}</p></div><div class="live-item"><time datetime="2026-11-21T08:00:00+07:00">8:00</time><p>{3}</p></div><div class="live-item"><time>7:00</time><p>{4}</p></div></article>`,
	"sub-headings and lists": `<div class="content-detail"><p>{0}</p><h2>Lấy nước luân phiên</h2><p>{1}</p><blockquote><p>{2}</p></blockquote><h2>Lịch lấy nước</h2><ul><li>{3}</li><li>{4}</li></ul></div>`,
	"adverts between paragraphs": `<div class="article-content"><p>{0}</p><div id="div-gpt-ad-1" class="ads_middle"><script>googletag.cmd.push(function(){playerInstance()});</script><p>Mua một tặng một hôm nay thôi</p></div><p>{1}</p><p>{2}</p><iframe src="x"></iframe><p>{3}</p>
<div class="inner-article"><a href="/a-1.html"><b>Tuyến đê phía nam được gia cố trước bão số chín</b></a></div><p>{4}</p></div>`,
	"related box in words":   `<div class="content"><p>{0}</p><p>{1}</p><div class="tin-lien-quan-trong-bai"><p>Tin liên quan</p><p><a href="/a-1.html">Tuyến đê phía nam được gia cố trước bão số chín</a></p><p><a href="/b-2.html">Giá lúa đầu vụ nhích lên ở các chợ vùng ven biển</a></p></div><p>{2}</p><p>{3}</p><p>{4}</p></div>`,
	"spans and line breaks":  `<div class="noidung"><span style="font-size:14pt">{0}<br>{1}<br>{2}<br>{3}<br>{4}</span></div>`,
	"paragraphs in sections": `<main><section><div class="text-long"><p>{0}</p></div></section><section><div class="text-long"><p>{1}</p><p>{2}</p></div></section><section><div class="text-long"><p>{3}</p><p>{4}</p></div></section></main>`,
}

func shapePage(body string) string {
	for i, p := range shapeBody {
		body = strings.Replace(body, fmt.Sprintf("{%d}", i), p, 1)
	}
	return `<!doctype html><html lang="vi"><head><meta charset="utf-8"><title>Kênh chính đã thông - Báo Bãi Bồi</title><meta property="og:type" content="article">
<meta property="og:title" content="Kênh chính đã thông"><meta property="og:site_name" content="Báo Bãi Bồi"></head><body>` + shapeAside +
		`<header><nav><ul><li><a href="/">Trang chủ</a></li><li><a href="/thoi-su">Thời sự</a></li></ul></nav></header><h1>Kênh chính đã thông</h1><div class="meta">Vũ Lam - 21/11/2026 07:00</div>` + body + shapeTail + `</body></html>`
}

// Every shape gives its article whole and nothing else.
func TestShapesOfPages(t *testing.T) {
	for name, body := range shapes {
		p := extracted(t, shapePage(body), "https://baiboi.example.vn/kenh-123.html", nil)
		if p.Title != "Kênh chính đã thông" {
			t.Errorf("%s: title %q", name, p.Title)
		}
		if p.Published.UTC().Format("2006-01-02T15:04") != "2026-11-21T00:00" && name != "live blog" {
			t.Errorf("%s: published %v", name, p.Published)
		}
		for _, want := range shapeBody {
			if !strings.Contains(p.Text, want) {
				t.Errorf("%s (%s): %q is missing", name, p.Method, want)
			}
		}
		for _, junk := range shapeJunk {
			if strings.Contains(p.Text, junk) {
				t.Errorf("%s (%s): %q came into the text", name, p.Method, junk)
			}
		}
	}
}
