// How the product looks: its name, its logo and its accent, as the operator has configured them.

import { base, get } from "./api.js";
import { h } from "./dom.js";
import { t } from "./i18n.js";

/** `GET /api/branding`; Latchkey's own until it is there. */
export let brand = {
  productName: "Latchkey", signIn: [{ type: "code" }],
  colors: { light: { accent: "#2f4bd8", onAccent: "#ffffff", tint: "#eaedfc" } },
};

/** Loads the look. Without it the console works in its own. */
export async function loadBrand() {
  try {
    brand = await get("/api/branding", { quiet: true, cache: "default" });
  } catch {
    return;
  }
  const { style } = document.documentElement;
  for (const [scheme, colors] of Object.entries(brand.colors)) {
    for (const [use, color] of Object.entries(colors)) {
      style.setProperty(`--${scheme}-${use}`, color);
    }
  }
}

/** Names the page: in the tab, the history and to screen readers. */
export function setTitle(text) {
  document.title = text ? `${text} · ${brand.productName}` : brand.productName;
}

/** The product's logo, or its icon and name. */
export function mark() {
  if (brand.logoUrl) {
    return h("img", { src: new URL("brand/logo", base).pathname, alt: brand.productName,
      class: "logo" });
  }
  return [h("img", { src: new URL("brand/icon", base).pathname, alt: "", width: "26",
    height: "26" }), h("span", {}, brand.productName)];
}

/** Where the product, its help and its terms are; none if the operator has named none. */
export function links() {
  const { appUrl, supportEmail, termsUrl, privacyUrl, productName } = brand;
  return [
    appUrl && [t("brand.app", { name: productName }), appUrl],
    supportEmail && [t("brand.help"), `mailto:${supportEmail}`],
    termsUrl && [t("brand.terms"), termsUrl], privacyUrl && [t("brand.privacy"), privacyUrl],
  ].filter(Boolean).map(([label, address]) => h("a", { href: address }, label));
}
