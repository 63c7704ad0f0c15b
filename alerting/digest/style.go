package digest

import "html/template"

// css returns the inline style of a part of the mail. Mail programs drop style sheets, so each element carries its
// own; the sheet at the top of the template only adds the dark colours, for those that read it.
func css(name string) template.CSS {
	const font = "font-family:-apple-system,BlinkMacSystemFont,'Segoe UI',Roboto,'Noto Sans',Arial,sans-serif;"
	styles := map[string]template.CSS{
		"body":     "margin:0;padding:0;background-color:#eef1f4;-webkit-text-size-adjust:100%;text-size-adjust:100%;",
		"outer":    "background-color:#eef1f4;",
		"sheet":    "width:100%;max-width:600px;overflow-wrap:anywhere;word-break:break-word;background-color:#ffffff;border-radius:10px;overflow:hidden;",
		"masthead": "background-color:#0b3a53;padding:18px 20px 16px;" + font,
		"brand":    "color:#ffffff;font-size:16px;font-weight:700;line-height:22px;margin:0;",
		"date":     "color:#c9dbe6;font-size:16px;line-height:22px;margin:2px 0 0;",
		"lead":     "padding:20px 20px 4px;color:#10212b;font-size:22px;line-height:30px;font-weight:700;" + font,
		"window":   "padding:0 20px 14px;color:#4a5b66;font-size:15px;line-height:22px;" + font,
		"warn":     "margin:0 20px 12px;padding:10px 14px;background-color:#fff4d6;color:#5c4300;border-left:4px solid #d99a00;font-size:16px;line-height:23px;" + font,
		"h2":       "padding:18px 20px 8px;color:#0b3a53;font-size:18px;line-height:24px;font-weight:700;margin:0;" + font,
		"card":     "margin:0 20px 14px;border:1px solid #d5dde3;border-left:5px solid #6b7f8c;border-radius:8px;padding:14px 16px;background-color:#ffffff;" + font,
		"urgent":   "margin:0 20px 14px;border:1px solid #d5dde3;border-left:5px solid #c62828;border-radius:8px;padding:14px 16px;background-color:#ffffff;" + font,
		"tags":     "margin:0 0 6px;color:#4a5b66;font-size:15px;line-height:20px;",
		"hot":      "color:#b71c1c;font-weight:700;",
		"cool":     "color:#37505f;font-weight:700;",
		"label":    "margin:0 0 2px;color:#4a5b66;font-size:15px;line-height:20px;",
		"claim":    "margin:0 0 10px;color:#10212b;font-size:18px;line-height:26px;font-weight:700;",
		"open":     "display:inline-block;margin:0 0 10px;padding:4px 12px;border-radius:14px;background-color:#fde7e7;color:#9b1c1c;font-size:16px;line-height:22px;font-weight:700;",
		"done":     "display:inline-block;margin:0 0 10px;padding:4px 12px;border-radius:14px;background-color:#e2f3e6;color:#14532d;font-size:16px;line-height:22px;font-weight:700;",
		"row":      "margin:0 0 5px;color:#10212b;font-size:16px;line-height:23px;",
		"key":      "color:#4a5b66;",
		"quote":    "color:#33444f;",
		"link":     "color:#0a5f8f;text-decoration:underline;",
		"h3":       "padding:6px 20px 2px;color:#10212b;font-size:16px;line-height:22px;font-weight:700;margin:0;" + font,
		"line":     "padding:3px 20px 7px;color:#10212b;font-size:16px;line-height:23px;margin:0;" + font,
		"note":     "color:#4a5b66;",
		"table":    "width:100%;border-collapse:collapse;" + font,
		"th":       "padding:4px 4px 6px;color:#4a5b66;font-size:15px;line-height:20px;font-weight:400;text-align:right;vertical-align:bottom;border-bottom:1px solid #d5dde3;",
		"thname":   "padding:4px 4px 6px 0;color:#4a5b66;font-size:15px;line-height:20px;font-weight:400;text-align:left;vertical-align:bottom;border-bottom:1px solid #d5dde3;",
		"td":       "padding:7px 4px;color:#10212b;font-size:16px;line-height:22px;text-align:right;vertical-align:top;border-bottom:1px solid #e6ebef;",
		"tdname":   "padding:7px 4px 7px 0;color:#10212b;font-size:16px;line-height:22px;text-align:left;vertical-align:top;border-bottom:1px solid #e6ebef;",
		"wrap":     "padding:0 20px 6px;",
		"chart":    "display:block;width:100%;max-width:420px;height:auto;border:0;color:#4a5b66;font-size:14px;line-height:20px;" + font,
		"say":      "margin:0 20px 12px;padding:10px 14px;background-color:#e2f3e6;color:#14532d;border-left:4px solid #2e7d46;" + font,
		"sayhead":  "margin:0 0 4px;font-size:15px;line-height:20px;font-weight:700;",
		"saytext":  "margin:0 0 4px;font-size:16px;line-height:23px;",
		"footer":   "padding:16px 20px 22px;color:#4a5b66;font-size:15px;line-height:22px;border-top:1px solid #e6ebef;" + font,
	}
	return styles[name]
}
