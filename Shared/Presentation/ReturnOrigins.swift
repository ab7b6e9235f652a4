import FoundationEssentials
import HTTPCore
import Kernel
import ServiceKit

/// Where invitations can lead after the answer: the product's own origin, and configured ones.
public struct ReturnOrigins: Sendable {
    private static let maximum = 2_048
    private let origins: Set<String>

    public init(_ origins: Set<String> = []) { self.origins = origins }

    /// - Parameter brand: LATCHKEY_APP_URL is allowed, too.
    public init(_ settings: inout Settings, _ brand: Brand) {
        let name = "LATCHKEY_RETURN_ORIGINS"
        let text = settings.text(
            name, default: "",
            "Origins besides that of LATCHKEY_APP_URL to which invitations can lead back "
                + "(return_url), comma-separated, such as https://app.example.com")
        var origins: Set<String> = []
        for part in text.split(separator: ",") {
            let given = String(Text.trimmed(part))
            guard let url = PublicURL(given), url.path.isEmpty else {
                settings.reject(
                    name, "must be origins such as https://app.example.com, comma-separated")
                continue
            }
            origins.insert(url.origin)
        }
        if let app = brand.appURL.flatMap({ Self.origin(of: $0) }) { origins.insert(app) }
        self.init(origins)
    }

    /// - Throws: 422 at `pointer` unless it is an address of one of the origins.
    public func check(_ raw: String?, pointer: String) throws(Fault) -> String? {
        guard let raw else { return nil }
        guard raw.utf8.count <= Self.maximum, let origin = Self.origin(of: raw) else {
            throw .invalid(
                pointer,
                "must be an absolute http or https URL without user and fragment, of at most "
                    + "\(Self.maximum) characters")
        }
        guard origins.contains(origin) else {
            throw .invalid(
                pointer, "must be at the product's origin or another of LATCHKEY_RETURN_ORIGINS")
        }
        return raw
    }

    /// The origin of an address that can be linked to; nil of anything else.
    public static func origin(of text: String) -> String? {
        guard text.utf8.allSatisfy({ (0x21...0x7E).contains($0) && $0 != 0x5C }),
            let parts = URLComponents(string: text, encodingInvalidCharacters: false),
            let scheme = parts.scheme, let host = parts.host, !host.isEmpty,
            parts.user == nil, parts.password == nil, parts.fragment == nil
        else { return nil }
        let port = parts.port.map { ":\($0)" } ?? ""
        return PublicURL("\(scheme)://\(host)\(port)")?.origin
    }

    /// The address with what happened in its query.
    public static func address(_ base: String, _ items: [(String, String)]) -> String {
        let query = items.map { "\($0.0)=\(PercentEncoding.encode($0.1))" }
            .joined(separator: "&")
        return base + (base.contains("?") ? "&" : "?") + query
    }
}
