/* The words of the page in both languages, and numbers as people read them; text/numbers.py is the model. */
(function (dg) {
  "use strict";

  dg.catalogue = {};
  dg.language = "en";

  dg.say = function (key, values) {
    const text = dg.catalogue[dg.language][key];
    if (text === undefined) throw new Error("no word for " + key);
    return text.replace(/\{(\w+)\}/g, (_, name) => values[name]);
  };
  /* The word for a code, or the code itself where there is none. */
  dg.sayOr = (key, code) => dg.catalogue[dg.language][key + code] || code;

  dg.setLanguage = function (language) {
    dg.language = language;
    document.documentElement.lang = { zh: "zh-CN" }[language] || language;
    document.querySelectorAll("[data-says]").forEach((part) => { part.hidden = part.dataset.says !== language; });
    document.querySelectorAll("[data-label]").forEach((part) => part.setAttribute("aria-label", dg.say(part.dataset.label)));
  };

  /* Decimals as Python writes them: an exact tie goes to the even digit. */
  function fixed(value, decimals) {
    const power = Math.pow(10, decimals), scaled = value * power;
    if (scaled % 1 === 0.5 && (value * 8) % 1 === 0) {
      const down = Math.floor(scaled);
      return ((down % 2 ? down + 1 : down) / power).toFixed(decimals);
    }
    return value.toFixed(decimals);
  }
  dg.number = function (value, decimals) {
    const [whole, part] = fixed(value, decimals || 0).split(".");
    return whole.replace(/\B(?=(\d{3})+$)/g, ",") + (part ? "." + part : "");
  };

  function digits(value, most) {
    return dg.number(value, Math.min(most, value < 9.995 ? 2 : value < 999.95 ? 1 : 0));
  }

  dg.money = function (cny) {
    const sign = cny < 0 ? "−" : "", amount = Math.abs(cny), whole = Number(fixed(amount, 0));
    if (dg.language === "zh") {
      if (Number(fixed(amount / 1e4, 1)) >= 10000) return sign + digits(amount / 1e8, 2) + "亿元";
      if (whole >= 10000) return sign + digits(amount / 1e4, 1) + "万元";
      return sign + dg.number(amount) + "元";
    }
    if (Number(fixed(amount / 1e3, 0)) >= 1000) return sign + "CNY " + digits(amount / 1e6, 2) + " million";
    if (whole >= 10000) return sign + "CNY " + dg.number(amount / 1e3) + "k";
    return sign + "CNY " + dg.number(amount);
  };
  dg.km = (value) => dg.say("km", { km: dg.number(value, value < 10 ? 2 : 1) });

  /* An element: `h("p.note", { id: "x" }, "text", child, ...)`. */
  dg.h = function (what, ...children) {
    const [tag, ...classes] = what.split("."), element = document.createElement(tag);
    if (classes.length) element.className = classes.join(" ");
    for (const child of children) {
      if (child === null || child === undefined || child === "" || child === false) continue;
      if (Object.getPrototypeOf(child) === Object.prototype) {
        Object.keys(child).forEach((name) => element.setAttribute(name, child[name]));
      } else element.append(child);
    }
    return element;
  };
  /* Replace what an element holds. */
  dg.fill = function (element, ...children) {
    while (element.firstChild) element.firstChild.remove();
    element.append(...children.filter(Boolean));
  };
  /* A small line drawing on a square of 16, given as the path of an SVG. */
  dg.icon = function (path) {
    const picture = document.createElementNS("http://www.w3.org/2000/svg", "svg"), line = document.createElementNS(picture.namespaceURI, "path");
    Object.entries({ viewBox: "0 0 16 16", width: 16, height: 16, "aria-hidden": "true" }).forEach(([name, value]) => picture.setAttribute(name, value));
    Object.entries({ d: path, fill: "none", stroke: "currentColor", "stroke-width": 1.5, "stroke-linejoin": "round" })
      .forEach(([name, value]) => line.setAttribute(name, value));
    picture.append(line);
    return picture;
  };
  dg.button = function (what, label, act, ...children) {
    const button = dg.h("button" + what, { type: "button", title: label, "aria-label": label }, ...children);
    button.addEventListener("click", act);
    return button;
  };
})(window.dualgig);
