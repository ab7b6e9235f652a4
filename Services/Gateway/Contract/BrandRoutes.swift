import Contract

/// What our pages, mails and the console show of the product.
public enum BrandRoutes {
    /// Routes of the API.
    static let group = EndpointGroup(
        "Branding",
        "How the product looks and speaks, and how people sign in: for pages of your own in the "
            + "same look, such as the console's.", [branding])

    public static let branding = Endpoint(
        "getBranding", .get, "/api/branding", access: .open,
        summary: "Get the product's look, and the ways to sign in",
        details: "As the operator has configured it. Can be cached for "
            + "\(BrandingBody.freshSeconds / 60) minutes.",
        answers: .ok(BrandingBody.self, "The look, and the ways to sign in."))

    /// Browsers and mail programs ask for them, not clients of the API, so the document doesn't
    /// have them.
    public static let all = [logo, icon]

    public static let logo = Endpoint(
        "getLogo", .get, "/brand/logo", access: .open, summary: "Show the product's logo",
        answers: .other("image/svg+xml, image/png", "The logo."))
    public static let icon = Endpoint(
        "getIcon", .get, "/brand/icon", access: .open, summary: "Show the icon of our pages",
        answers: .other("image/svg+xml, image/png", "The icon."))
}
