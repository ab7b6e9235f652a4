import Contract
import GatewayContract
import HTTPCore
import Kernel
import Presentation
import ServiceKit

/// The product's logo and icon, for our pages and mails.
struct BrandFiles: Sendable {
    static let iconPath = BrandRoutes.icon.path

    private let logo: Response?
    private let icon: Response

    init(_ brand: Brand) {
        logo = brand.logo.map { Self.file($0.bytes, $0.mediaType) }
        icon = logo ?? Self.file(Array(Self.initial(of: brand).utf8), "image/svg+xml")
    }

    var routes: [Route] {
        [
            .now(BrandRoutes.logo) { _ in
                guard let logo else { throw Fault.notFound }
                return logo
            },
            .now(BrandRoutes.icon) { _ in icon },
        ]
    }

    /// An SVG can have scripts: opened by itself, none runs, and nothing else is loaded.
    private static func file(_ bytes: [UInt8], _ type: String) -> Response {
        Response(
            200,
            fields: [
                Response.Field("Content-Type", type),
                Response.Field("Cache-Control", "public, max-age=3600"),
                Response.Field(
                    "Content-Security-Policy",
                    "default-src 'none'; style-src 'unsafe-inline'; sandbox"),
                // Mail programs show it.
                Response.Field("Cross-Origin-Resource-Policy", "cross-origin"),
            ], body: bytes
        ).tagged
    }

    /// The first letter of the product's name on its colour.
    private static func initial(of brand: Brand) -> String {
        let letter: HTML = "\(brand.name.prefix(1).uppercased())"
        return """
            <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32">\
            <rect width="32" height="32" rx="7" fill="\(brand.accent.text)"/>\
            <text x="16" y="23" text-anchor="middle" font-family="sans-serif" font-size="20" \
            font-weight="700" fill="\(brand.accent.ink.text)">\(letter.text)</text></svg>
            """
    }
}
