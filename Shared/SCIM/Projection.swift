import Kernel

/// Which attributes a response has (RFC 7644 §3.9).
public struct Projection: Sendable {
    /// nil: those that are returned by default.
    private let wanted: [AttributePath]?
    private let excluded: [AttributePath]

    /// Everything that is returned by default.
    public static let all = Projection(wanted: nil, excluded: [])

    private init(wanted: [AttributePath]?, excluded: [AttributePath]) {
        self.wanted = wanted
        self.excluded = excluded
    }

    /// - Throws: `invalidPath`.
    public init(attributes: [String], excludedAttributes: [String]) throws(Fault) {
        wanted = attributes.isEmpty ? nil : try Self.paths(attributes)
        // The two exclude each other; what is asked for counts.
        excluded = attributes.isEmpty ? try Self.paths(excludedAttributes) : []
    }

    private static func paths(_ names: [String]) throws(Fault) -> [AttributePath] {
        var paths: [AttributePath] = []
        for name in names { paths.append(try AttributePath(parsing: name)) }
        return paths
    }

    /// Whether an attribute is part of the response at all.
    public func includes(_ name: String) -> Bool {
        if let wanted { return wanted.contains { $0.isNamed(name) || $0.name.isEmpty } }
        return !excluded.contains { $0.isNamed(name) && $0.sub == nil }
    }

    /// What the response has of a resource.
    public func applied(to resource: SCIMObject, _ schema: SCIMSchema) -> SCIMObject {
        guard wanted != nil || !excluded.isEmpty else { return resource }
        var shown = SCIMObject()
        for member in resource.members {
            let attribute = schema.all.named(member.name)
            if attribute?.returned == .always {
                shown[member.name] = member.value
            } else if includes(member.name) {
                shown[member.name] = parts(of: member)
            }
        }
        return shown
    }

    private func parts(of member: SCIMObject.Member) -> SCIMValue {
        if let wanted {
            let named = wanted.filter { $0.isNamed(member.name) }
            let subs = named.compactMap(\.sub)
            guard !named.isEmpty, subs.count == named.count else { return member.value }
            return member.value.keeping { name in
                subs.contains { AttributeName.areSame($0, name) }
            }
        }
        let subs = excluded.filter { $0.isNamed(member.name) }.compactMap(\.sub)
        guard !subs.isEmpty else { return member.value }
        return member.value.keeping { name in
            !subs.contains { AttributeName.areSame($0, name) }
        }
    }
}

extension SCIMValue {
    fileprivate func keeping(_ isKept: (String) -> Bool) -> SCIMValue {
        switch self {
        case .array(let items): .array(items.map { $0.keeping(isKept) })
        case .object(let object):
            .object(
                SCIMObject(
                    object.members.filter { isKept($0.name) }.map { ($0.name, $0.value) }))
        default: self
        }
    }
}
