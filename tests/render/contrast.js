// Every piece of text with the colour that it is drawn in and the colour behind it, from the browser's own computed styles;
// the ratio is that of WCAG 2.1, "contrast ratio". Details are opened.
(() => {
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
  document.querySelectorAll("details").forEach((each) => (each.open = true));
  const pairs = {};
  for (const element of document.querySelectorAll("body *")) {
    if (![...element.childNodes].some((node) => node.nodeType === 3 && node.data.trim())) continue;
    const style = getComputedStyle(element);
    const ink = colour(style.color).slice(0, 3), paper = behind(element);
    const pixels = parseFloat(style.fontSize);
    const large = pixels >= 24 || (pixels >= 18.66 && Number(style.fontWeight) >= 700);
    const name = `${element.tagName}.${element.getAttribute("class") || ""}`;
    pairs[`${ink} on ${paper} ${large}`] ??= { ink, paper, large, ratio: ratio(ink, paper), name };
  }
  return Object.values(pairs);
})()
