import Foundation
import Presentation
import ServiceKit
import TestSupport
import Testing

@Suite struct BrandTests {
    private static let png: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, 0, 0]

    @Test(arguments: [
        "#000000", "#ffffff", "#2f4bd8", "#777777", "#ffff00", "#00ff00", "#ff0000", "#0000ff",
        "#767676", "#e2001a", "#7f7f7f", "#131317",
    ])
    func `text on any accent can be read, and so can links in it`(_ accent: String) throws {
        let color = try #require(Color(accent))
        #expect(color.contrast(with: color.ink) >= 4.5)
        for palette in [Palette.light(color), .dark(color)] {
            let paper = try #require(Color(palette.paper))
            let button = try #require(Color(palette.accent))
            let text = try #require(Color(palette.onAccent))
            let link = try #require(Color(palette.link))
            let wrong = try #require(Color(palette.wrong))
            let soft = try #require(Color(palette.soft))
            let ground = try #require(Color(palette.ground))
            #expect(button.contrast(with: text) >= 4.5)
            let tint = try #require(Color(palette.tint))
            #expect(link.contrast(with: paper) >= 4.5 && link.contrast(with: tint) >= 4.5)
            #expect(link.contrast(with: ground) >= 4.5)
            #expect(soft.contrast(with: ground) >= 4.5 && soft.contrast(with: paper) >= 4.5)
            // What is no text: 3 (WCAG 1.4.11).
            let edge = try #require(Color(palette.edge))
            let good = try #require(Color(palette.good))
            for mark in [wrong, edge, good] { #expect(mark.contrast(with: paper) >= 3) }
        }
    }

    @Test func `contrast is as WCAG computes it`() throws {
        let white = try #require(Color("#FFFFFF"))
        let black = try #require(Color("#000000"))
        let gray = try #require(Color("#767676"))
        #expect(abs(white.contrast(with: black) - 21) < 0.001)
        #expect(abs(white.contrast(with: gray) - 4.542) < 0.001)
        #expect(gray.contrast(with: gray) == 1)
    }

    @Test(arguments: ["", "2f4bd8", "#2f4bd", "#2f4bd8a", "#gggggg", "red", "#+12345", "#é2345"])
    func `anything but six digits is no colour`(_ text: String) {
        #expect(Color(text) == nil)
    }

    @Test func `all settings of the brand are read`() throws {
        let folder = FileManager.default.temporaryDirectory.appending(
            path: "brand-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let file = folder.appending(path: "logo")
        try Data(Self.png).write(to: file)
        var settings = Settings([
            "LATCHKEY_PRODUCT_NAME": "Acme", "LATCHKEY_PRODUCT_LOGO": file.path,
            "LATCHKEY_ACCENT": "#e2001a", "LATCHKEY_APP_URL": "https://app.example.com/?from=mail",
            "LATCHKEY_SUPPORT_EMAIL": "help@example.com",
            "LATCHKEY_TERMS_URL": "https://example.com/terms",
            "LATCHKEY_PRIVACY_URL": "https://example.com/privacy", "LATCHKEY_LOCALE": "de",
        ])
        let brand = Brand(&settings)
        #expect(settings.mistakes.isEmpty)
        #expect(brand.name == "Acme" && brand.accent.text == "#e2001a")
        #expect(brand.logo?.kind == .png && brand.language == .german)
        #expect(brand.appURL == "https://app.example.com/?from=mail")
        #expect(brand.supportEmail == "help@example.com" && brand.termsURL != nil)
        #expect(brand.privacyURL == "https://example.com/privacy")
    }

    @Test func `every invalid setting of the brand is reported`() {
        var settings = Settings([
            "LATCHKEY_PRODUCT_NAME": String(repeating: "a", count: 61),
            "LATCHKEY_PRODUCT_LOGO": "/nowhere/logo.svg", "LATCHKEY_ACCENT": "blue",
            "LATCHKEY_APP_URL": "javascript:alert(1)", "LATCHKEY_SUPPORT_EMAIL": "help",
            "LATCHKEY_TERMS_URL": "/terms", "LATCHKEY_PRIVACY_URL": "https://a@example.com",
            "LATCHKEY_LOCALE": "it",
        ])
        _ = Brand(&settings)
        #expect(settings.mistakes.count == 8, "\(settings.mistakes)")
    }

    @Test func `a logo is known by its content`() throws {
        #expect(Logo(Self.png)?.mediaType == "image/png")
        for text in [
            "<svg/>", "<svg>", "<svg xmlns='x'/>", "\u{FEFF}<?xml version='1.0'?>\n<svg></svg>",
            "<!-- <svg> --><!DOCTYPE svg>\n<svg viewBox='0 0 1 1'/>",
        ] {
            #expect(Logo(Array(text.utf8))?.kind == .svg, "\(text)")
        }
        for text in ["", "<html>", "<svgx>", "svg", "<!-- <svg>", "GIF89a", "<?xml?><html>"] {
            #expect(Logo(Array(text.utf8)) == nil, "\(text)")
        }
        let large = Self.png + [UInt8](repeating: 0, count: Logo.maximum)
        #expect(Logo(large) == nil)
    }
}
