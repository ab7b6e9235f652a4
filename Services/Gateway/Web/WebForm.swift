import HTTPCore
import Kernel
import ServiceKit

/// What a form of ours has sent.
struct WebForm: Sendable {
    private let items: [(name: String, value: String)]

    /// - Throws: 415 and 400 for what no form of ours sends; 403 for one that another site shows.
    init(_ request: RequestContext, of site: WebSite) throws(Fault) {
        let type = request.head.fields[.contentType]?.split(separator: ";").first.map(String.init)
        guard type?.lowercased() == "application/x-www-form-urlencoded" else {
            throw Fault(
                .unsupportedMediaType, code: "unsupported_media_type",
                "The body must be a form, application/x-www-form-urlencoded.")
        }
        try site.requireOwnForm(request.head)
        let items = request.body.withUnsafeBytes { PercentEncoding.form($0) }
        guard let items else {
            throw Fault(
                .malformed, code: "malformed_form",
                "The form must be percent-encoded UTF-8 with at most "
                    + "\(PercentEncoding.maximumPairs) fields, which \(Text.combiningRule).")
        }
        self.items = items
    }

    subscript(_ name: String) -> String? { items.first { $0.name == name }?.value }
}
