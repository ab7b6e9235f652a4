import FoundationEssentials

/// The product's logo, as it is served.
public struct Logo: Sendable, Equatable {
    /// Bytes of a file: it is sent with pages, and kept in memory.
    public static let maximum = 256 * 1_024

    /// What browsers can show, and most mail programs (PNG alone).
    public enum Kind: Sendable {
        case png
        case svg
    }

    /// The file.
    public let bytes: [UInt8]
    /// By its content, not its name.
    public let kind: Kind

    /// Its Content-Type.
    public var mediaType: String {
        switch kind {
        case .png: "image/png"
        case .svg: "image/svg+xml"
        }
    }

    /// Nil if there is no such file, it is too large, or its content is neither PNG nor SVG:
    /// whatever its name says.
    public init?(file path: String) {
        guard let handle = FileManager.default.contents(atPath: path) else { return nil }
        self.init(Array(handle))
    }

    public init?(_ bytes: [UInt8]) {
        guard bytes.count <= Self.maximum else { return nil }
        if bytes.starts(with: [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]) {
            kind = .png
        } else if Self.isSVG(bytes) {
            kind = .svg
        } else {
            return nil
        }
        self.bytes = bytes
    }

    /// Text whose first element is `svg`, after declarations and comments.
    private static func isSVG(_ bytes: [UInt8]) -> Bool {
        guard let text = String(validating: bytes, as: UTF8.self) else { return false }
        var rest = text.drop { $0.isWhitespace || $0 == "\u{FEFF}" }
        while rest.hasPrefix("<?") || rest.hasPrefix("<!") {
            let end = rest.hasPrefix("<!--") ? "-->" : ">"
            guard let range = rest.firstRange(of: end) else { return false }
            rest = rest[range.upperBound...].drop { $0.isWhitespace }
        }
        guard rest.hasPrefix("<svg"), let next = rest.dropFirst(4).first else { return false }
        return next.isWhitespace || next == ">" || next == "/"
    }
}
