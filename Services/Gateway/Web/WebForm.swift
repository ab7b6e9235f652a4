import GatewayContract
import HTTPCore
import Kernel
import ServiceKit

/// The fields of one of our forms, as a browser sends them.
struct WebForm: Sendable {
    private let items: [(name: String, value: String)]

    /// - Throws: 415 and 400 for what none of our forms sends; 403 for a form of another site.
    init(_ request: RequestContext, of site: WebSite) throws(Fault) {
        let type = request.head.fields[.contentType]?.split(separator: ";").first.map(String.init)
        guard type?.lowercased() == "application/x-www-form-urlencoded" else {
            throw Fault(
                .unsupportedMediaType,
                "The body must be a form, application/x-www-form-urlencoded.")
        }
        try site.requireOwnForm(request.head)
        let items = request.body.withUnsafeBytes { PercentEncoding.form($0) }
        guard let items else {
            throw Fault(
                GatewayProblems.malformedForm,
                "The form must be percent-encoded UTF-8 with at most "
                    + "\(PercentEncoding.maximumPairs) fields, which \(Text.combiningRule).")
        }
        self.items = items
    }

    subscript(_ name: String) -> String? { items.first { $0.name == name }?.value }
}
