// Every piece of text with the colour that it is drawn in and the colour behind it, from the browser's own computed styles;
// the ratio is that of WCAG 2.1, "contrast ratio". Details are opened; SVG text lies on the last shape drawn under it.
addEventListener("load", () => {
  const colour = (text) => text.match(/[\d.]+/g).map(Number);
  const luminance = (rgb) => {
    const [r, g, b] = rgb.map((v) => (v / 255 <= 0.04045 ? v / 255 / 12.92 : ((v / 255 + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const ratio = (one, other) => {
    const [light, dark] = [luminance(one), luminance(other)].sort((a, b) => b - a);
    return (light + 0.05) / (dark + 0.05);
  };
  const behind = (element) => {
    for (let at = element; at; at = at.parentElement) {
      const [r, g, b, alpha = 1] = colour(getComputedStyle(at).backgroundColor);
      if (alpha === 1) return [r, g, b];
    }
    return [255, 255, 255];
  };
  const under = (text) => {
    const svg = text.closest("svg"), box = text.getBBox();
    const x = box.x + 1, y = box.y + box.height / 2;
    let found = null;
    for (const each of svg.querySelectorAll("rect,text")) {
      if (each === text) break;
      if (each.tagName !== "rect") continue;
      const r = each.getBBox();
      if (r.x <= x && x <= r.x + r.width && r.y <= y && y <= r.y + r.height) found = each;
    }
    return found ? colour(getComputedStyle(found).fill).slice(0, 3) : behind(svg);
  };
  document.querySelectorAll("details").forEach((each) => (each.open = true));
  const pairs = {};
  for (const element of document.querySelectorAll("body *")) {
    const drawn = element instanceof SVGElement;
    const holds = drawn ? element.tagName === "text" : [...element.childNodes].some((n) => n.nodeType === 3 && n.data.trim());
    if (!holds) continue;
    const style = getComputedStyle(element);
    const ink = colour(drawn ? style.fill : style.color).slice(0, 3);
    const paper = drawn ? under(element) : behind(element);
    const pixels = parseFloat(style.fontSize);
    const large = pixels >= 24 || (pixels >= 18.66 && Number(style.fontWeight) >= 700);
    const name = `${element.tagName}.${element.getAttribute("class") || ""}`;
    pairs[`${ink} on ${paper} ${large}`] ??= { ink, paper, large, ratio: ratio(ink, paper), name };
  }
  const out = document.createElement("script");
  out.type = "application/json";
  out.id = "measured";
  out.textContent = JSON.stringify(Object.values(pairs));
  document.body.append(out);
});
