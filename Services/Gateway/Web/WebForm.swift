import GatewayContract
import HTTPCore
import Kernel
import ServiceKit

/// The fields of one of our forms, as a browser sends them.
struct WebForm: Sendable {
    private let items: [(name: String, value: String)]

    /// - Throws: 415 and 400 for what none of our forms sends; 403 for a form of another site.
    init(_ request: RequestContext, of site: WebSite) throws(Fault) {
        try self.init(request)
        try site.requireOwnForm(request.head)
    }

    /// A form of a program, which has no site.
    /// - Throws: 415 and 400 for what is no form.
    init(_ request: RequestContext) throws(Fault) {
        let type = request.head.fields[.contentType]?.split(separator: ";").first.map(String.init)
        guard type?.lowercased() == "application/x-www-form-urlencoded" else {
            throw Fault(
                .unsupportedMediaType,
                "The body must be a form, application/x-www-form-urlencoded.")
        }
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

    /// The field with this name, where a second one would be a mistake.
    func only(_ name: String) -> String? {
        let values = items.filter { $0.name == name }
        return values.count == 1 ? values[0].value : nil
    }
}
