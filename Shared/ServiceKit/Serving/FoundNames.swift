import Contract
import HTTPCore
import Kernel

/// The external ids in a request, and where they stand.
struct FoundNames {
    /// A value that is one.
    struct Name {
        let name: ExternalName
        /// What stands before it, in our own name too: the type of a principal.
        let prefix: String
        /// Our own name for it; nil until it is known, and if it belongs to nothing.
        var ours: String?

        /// What to put in its place.
        var text: String? { ours.map { prefix.isEmpty ? $0 : prefix + $0 } }

        /// Nil for a value that names by another way.
        init?(_ text: String, _ named: Named) {
            switch named {
            case .principal:
                guard
                    let name = Name(text, .username, after: "user:")
                        ?? Name(text, .team, after: "team:")
                else {
                    return nil
                }
                self = name
            default:
                guard let externalId = ExternalID.named(by: text) else { return nil }
                name = ExternalName(named, externalId)
                prefix = ""
            }
        }

        private init?(_ text: String, _ kind: Named, after prefix: String) {
            guard text.utf8.starts(with: prefix.utf8) else { return nil }
            let rest = String(Substring(text.utf8.dropFirst(prefix.utf8.count)))
            guard let externalId = ExternalID.named(by: rest) else { return nil }
            name = ExternalName(kind, externalId)
            self.prefix = prefix
        }
    }

    /// By the index of the parameter.
    var path: [Name?] = []
    var query: [(parameter: String, value: String, name: Name)] = []
    /// Where the strings stand in the body, with their quotes; in their order.
    var body: [(place: Range<Int>, name: Name)] = []

    var isEmpty: Bool { path.allSatisfy { $0 == nil } && query.isEmpty && body.isEmpty }

    var count: Int { path.count { $0 != nil } + query.count + body.count }

    /// Each once.
    var names: [ExternalName] {
        Array(Set(path.compactMap { $0?.name } + query.map(\.name.name) + body.map(\.name.name)))
    }

    /// Notes our own name of each.
    /// - Parameter find: nil for a name that belongs to nothing.
    mutating func resolve(_ find: (ExternalName) throws -> String?) rethrows {
        for index in path.indices {
            guard let name = path[index]?.name else { continue }
            path[index]?.ours = try find(name)
        }
        for index in query.indices { query[index].name.ours = try find(query[index].name.name) }
        for index in body.indices { body[index].name.ours = try find(body[index].name.name) }
    }

    /// The request with our own names in place of the external ids that have one.
    func replaced(in request: RequestContext) -> RequestContext {
        var request = request
        let target = request.head.replacing(
            request.parameters, path: { path.isEmpty ? nil : path[$0]?.text }
        ) { parameter, value in
            query.first { $0.parameter == parameter && $0.value == value }?.name.text
        }
        if let target { request.rename(target.head, target.parameters) }
        let isKnown = body.contains { $0.name.ours != nil }
        if isKnown { request.rename(body: bodyBytes(request.body)) }
        return request
    }

    private func bodyBytes(_ bytes: [UInt8]) -> [UInt8] {
        var out: [UInt8] = []
        out.reserveCapacity(bytes.count + body.count * 26)
        var copied = 0
        for (place, name) in body {
            guard let text = name.text else { continue }
            out += bytes[copied..<place.lowerBound]
            var writer = JSONByteWriter(capacity: 64)
            writer.append(quoted: text)
            out += writer.finish()
            copied = place.upperBound
        }
        return out + bytes[copied...]
    }
}

extension JSONSyntax {
    /// The external ids in a body, by its schema. None in what is no JSON: it is refused where it
    /// is decoded.
    static func names(
        in bytes: [UInt8], by schema: BodySchema
    ) -> [(place: Range<Int>, name: FoundNames.Name)] {
        guard bytes.allSatisfy({ $0 < 0x80 }) || String(validating: bytes, as: UTF8.self) != nil
        else { return [] }
        return bytes.withUnsafeBufferPointer { buffer in
            var syntax = JSONSyntax(buffer, .request)
            syntax.names = []
            guard syntax.value(.object(schema)), syntax.position == bytes.count else { return [] }
            return syntax.names ?? []
        }
    }

    /// Notes the value that stands here if it is an external id.
    mutating func noteName(_ place: Range<Int>, _ rule: Rule) {
        guard let named = rule.names, bytes[place.lowerBound] == UInt8(ascii: "\"") else { return }
        let text = text(of: place.lowerBound + 1..<place.upperBound - 1)
        guard let found = FoundNames.Name(text, named) else { return }
        names?.append((place, found))
    }
}
