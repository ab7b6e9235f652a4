import Contract

/// What our pages and mails show of the product. Browsers and mail programs ask for it, not
/// clients of the API, so the document doesn't have it.
public enum BrandRoutes {
    public static let all = [logo, icon]

    public static let logo = Endpoint(
        "getLogo", .get, "/brand/logo", access: .open, summary: "Show the product's logo",
        answers: .other("image/svg+xml, image/png", "The logo."))
    public static let icon = Endpoint(
        "getIcon", .get, "/brand/icon", access: .open, summary: "Show the icon of our pages",
        answers: .other("image/svg+xml, image/png", "The icon."))
}
