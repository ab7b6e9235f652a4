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

        /// Nil for a value that names by another way.
        init?(_ text: String, _ named: Named) {
            let types = named == .principal ? [("user:", Named.username), ("team:", .team)] : []
            for (prefix, kind) in [("", named)] + types {
                guard kind != .principal, text.utf8.starts(with: prefix.utf8) else { continue }
                let rest = String(Substring(text.utf8.dropFirst(prefix.utf8.count)))
                guard let externalId = ExternalID.named(by: rest) else { continue }
                name = ExternalName(kind, externalId)
                self.prefix = prefix
                return
            }
            return nil
        }
    }

    /// By the index of the parameter.
    var path: [Name?] = []
    var query: [(parameter: String, value: String, name: Name)] = []
    /// Where the strings stand in the body, with their quotes; in their order.
    var body: [(place: Range<Int>, name: ExternalName, prefix: String)] = []

    var isEmpty: Bool { path.allSatisfy { $0 == nil } && query.isEmpty && body.isEmpty }

    /// Each once.
    var names: [ExternalName] {
        let all =
            path.compactMap { $0?.name } + query.map(\.name.name) + body.map(\.name)
        return Array(Set(all))
    }

    /// The request with `names` in place of the external ids that have one.
    func replaced(by names: [ExternalName: String], in request: RequestContext) -> RequestContext {
        func text(_ name: Name) -> String? { names[name.name].map { name.prefix + $0 } }
        var request = request
        let values =
            path.isEmpty
            ? [String?](repeating: nil, count: request.parameters.count)
            : path.map { $0.flatMap(text) }
        let target = request.head.replacing(request.parameters, path: values) { parameter, value in
            query.first { $0.parameter == parameter && $0.value == value }.flatMap { text($0.name) }
        }
        if let target { request.rename(target.head, target.parameters) }
        let isKnown = body.contains { names[$0.name] != nil }
        if isKnown { request.rename(body: bodyBytes(request.body, names)) }
        return request
    }

    private func bodyBytes(_ bytes: [UInt8], _ names: [ExternalName: String]) -> [UInt8] {
        var out: [UInt8] = []
        out.reserveCapacity(bytes.count + body.count * 26)
        var copied = 0
        for (place, name, prefix) in body {
            guard let ours = names[name] else { continue }
            out += bytes[copied..<place.lowerBound]
            var writer = JSONByteWriter(capacity: 64)
            writer.append(quoted: prefix + ours)
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
    ) -> [(place: Range<Int>, name: ExternalName, prefix: String)] {
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
        names?.append((place, found.name, found.prefix))
    }
}
