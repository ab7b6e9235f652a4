import Contract
import GatewayContract
import HTTPCore
import Presentation
import ServiceKit

/// The product's look and the ways to sign in, as configured: one response for everyone.
struct Branding: Sendable {
    private let response: Response

    /// - Parameter provider: the name of the identity provider at which people sign in; nil if
    ///   there is none.
    init(_ settings: GatewaySettings, provider: String?) {
        var response = Response.json(BrandingBody(settings, provider))
        response.add("Cache-Control", "public, max-age=\(BrandingBody.freshSeconds)")
        self.response = response.tagged
    }

    var routes: [Route] { [.now(BrandRoutes.branding) { _ in response }] }
}

extension BrandingBody {
    fileprivate init(_ settings: GatewaySettings, _ provider: String?) {
        let brand = settings.brand
        let site = WebSite(settings.common.publicURL, brand)
        self.init(
            productName: brand.name,
            logoUrl: brand.logo == nil ? nil : site.address(BrandRoutes.logo.path),
            iconUrl: site.address(BrandRoutes.icon.path),
            colors: Colors(
                light: Palette(.light(brand.accent)), dark: Palette(.dark(brand.accent))),
            appUrl: brand.appURL, supportEmail: brand.supportEmail, termsUrl: brand.termsURL,
            privacyUrl: brand.privacyURL, locale: brand.language.rawValue,
            locales: Language.allCases.map(\.rawValue),
            signIn: (provider.map { [Way(.oidc, name: $0)] } ?? []) + [Way(.code)])
    }
}

extension BrandingBody.Palette {
    fileprivate init(_ palette: Presentation.Palette) {
        self.init(
            accent: palette.accent, onAccent: palette.onAccent, link: palette.link,
            tint: palette.tint)
    }
}
