import Contract
import HTTPCore
import Kernel

/// What requests of a route can hold, made once from its declaration, so that what is documented is
/// what is enforced: a member, or a parameter of the query, that is not declared is refused.
struct RequestInput: Sendable {
    /// nil: not checked, as between our services, whose versions can differ.
    let body: BodySchema?
    private let bodyType: (any Documented.Type)?
    /// nil: any, as on pages.
    let query: [String]?
    /// In the order of the path.
    let path: [String]
    /// What those are the ids of, where that is known.
    private let kinds: [PathID?]

    /// - Parameter readsBody: false for a proxy.
    init(_ endpoint: Endpoint, readsBody: Bool = true) {
        query = endpoint.isStrict ? endpoint.queryNames : nil
        path = endpoint.parameterNames
        kinds = PathID.all(in: endpoint.path)
        bodyType = endpoint.documentation.body?.type
        guard endpoint.isStrict, readsBody else {
            body = nil
            return
        }
        do {
            body = try endpoint.bodySchema()
        } catch {
            preconditionFailure("\(endpoint.id): \(error)")
        }
    }

    /// The schema that a body decoded to `type` has to match.
    func schema<T>(for type: T.Type) -> BodySchema? {
        bodyType.map { ObjectIdentifier($0) } == ObjectIdentifier(type) ? body : nil
    }

    /// - Throws: 404 that says so for the id of another kind of thing.
    func check(_ value: String, at index: Int) throws(Fault) {
        guard let kind = kinds[index], let prefix = kind.prefix, !value.hasPrefix(prefix),
            PathID.isID(value)
        else { return }
        throw Fault(
            ProblemType.notFound,
            "\(value.prefix(40)) isn't \(kind.noun)'s id, which begins with \(prefix).")
    }

    /// A field of the query, the path or the header fields names its parameter.
    func placed(_ field: Fault.Field) -> Fault.Field {
        guard field.place == .body, field.pointer.hasPrefix("/") else { return field }
        let name = String(field.pointer.dropFirst())
        let isMember = body?.members.contains { $0.name == name } ?? false
        if name == "Idempotency-Key" { return field.placed(in: .header) }
        if query?.contains(name) == true, !isMember { return field.placed(in: .query) }
        if path.contains(name), !isMember { return field.placed(in: .path) }
        return field
    }
}

extension RequestContext {
    /// Requires that the operation knows every parameter of the query.
    /// - Throws: 422 `unknown_parameter`, unless the client prefers that they are ignored.
    public func checkQuery() throws(Fault) {
        guard let known = input.query, let items = head.queryItems() else { return }
        let unknown = items.map(\.name).filter { !known.contains($0) }
        guard !unknown.isEmpty else { return }
        guard !isLenient else {
            answer?.ignored += unknown
            return
        }
        throw .unknown(
            .unknownParameter,
            unknown.map { name in
                let nearest = Suggestion.nearest(to: name, among: known)
                return Fault.Field("/\(name)", JSONSyntax.isUnknown(nearest)).placed(in: .query)
            })
    }

    /// `Prefer: handling=lenient` (RFC 7240 §4.4): what is unknown is ignored.
    var isLenient: Bool {
        guard let preferences = head.fields.joined(.prefer) else { return false }
        return preferences.split(separator: ",").contains { preference in
            let name = preference.prefix { $0 != ";" }
            return name.filter { $0 != " " && $0 != "\t" && $0 != "\"" }.lowercased()
                == "handling=lenient"
        }
    }
}

extension Response {
    /// Room for the names of what was ignored.
    private static let ignoredBytes = 2_048

    /// The answer to a request of which something was ignored, as its client prefers.
    /// - Parameter names: JSON Pointers of members, and names of parameters.
    func ignoring(_ names: [String]) -> Response {
        guard !names.isEmpty else { return self }
        var list = ""
        for name in names {
            let quoted = "\"" + name.utf8.map(Self.escaped).joined() + "\""
            guard list.utf8.count + quoted.utf8.count <= Self.ignoredBytes else { break }
            list += list.isEmpty ? quoted : ", " + quoted
        }
        var response = self
        response.add("Preference-Applied", "handling=lenient")
        response.add("Latchkey-Ignored", list)
        return response
    }

    /// A byte as it can stand in a quoted string (RFC 9110 §5.6.4).
    private static func escaped(_ byte: UInt8) -> String {
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"): "\\" + String(UnicodeScalar(byte))
        case 0x20..<0x7F: String(UnicodeScalar(byte))
        default: "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
        }
    }
}
