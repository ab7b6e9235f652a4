import Kernel

extension SCIMPatch.Operation {
    func apply(to resource: inout SCIMObject, _ schema: SCIMSchema) throws(Fault) {
        guard let path else { return }
        if path.name.isEmpty { return try applyBelow(path, to: &resource, schema) }
        guard let attribute = try schema.attribute(of: path, otherwise: .invalidPath) else {
            return
        }
        guard attribute.mutability != .readOnly else {
            // Okta repeats the id beside what it changes.
            if isWithoutPath(attribute, in: resource) { return }
            throw .scim(.mutability, "\(attribute.name) can't be changed.")
        }
        if path.filter != nil {
            guard attribute.isMultiValued else {
                throw .scim(.invalidPath, "\(attribute.name) has one value.")
            }
            return try applyToSome(attribute, path, in: &resource)
        }
        guard let sub = path.sub else { return try applyToAll(attribute, in: &resource) }
        let part = try attribute.part(sub)
        if attribute.isMultiValued {
            var items = resource[attribute.name]?.items ?? []
            if items.isEmpty, kind != .remove { items = [.object(SCIMObject())] }
            for index in items.indices { try set(part, of: &items[index], in: attribute) }
            resource.assign(items, to: attribute)
        } else {
            var value = resource[attribute.name] ?? .object(SCIMObject())
            try set(part, of: &value, in: attribute)
            resource[attribute.name] = value.isEmptyObject ? nil : value
        }
    }

    /// Whether a read-only attribute is named with the value that it has.
    private func isWithoutPath(_ attribute: SCIMAttribute, in resource: SCIMObject) -> Bool {
        kind != .remove && (value == resource[attribute.name] || attribute.name == "schemas")
    }

    /// Attributes under the URN of their schema.
    private func applyBelow(
        _ path: AttributePath, to resource: inout SCIMObject, _ schema: SCIMSchema
    ) throws(Fault) {
        guard AttributeName.areSame(path.schema ?? "", schema.id), let object = value.object else {
            return
        }
        for member in object.members {
            let operation = Self(
                kind: kind, path: try AttributePath(parsing: member.name), value: member.value)
            try operation.apply(to: &resource, schema)
        }
    }

    // MARK: Whole attributes

    private func applyToAll(
        _ attribute: SCIMAttribute, in resource: inout SCIMObject
    ) throws(Fault) {
        guard kind != .remove else {
            // Entra names the members to remove in the value.
            guard attribute.isMultiValued, !value.isUnassigned else {
                resource[attribute.name] = nil
                return
            }
            let gone = try attribute.read(value)?.items ?? []
            let items = (resource[attribute.name]?.items ?? []).filter { item in
                !gone.contains { attribute.areSame($0, item) }
            }
            return resource.assign(items, to: attribute)
        }
        guard let new = try attribute.read(value) else {
            // A null replaces what there was by nothing, and adds nothing.
            if kind == .replace { resource[attribute.name] = nil }
            return
        }
        if attribute.isMultiValued, kind == .add {
            var items = resource[attribute.name]?.items ?? []
            for item in new.items ?? [] {
                if let index = items.firstIndex(where: { attribute.areSame($0, item) }) {
                    items[index] = item
                } else {
                    items.append(item)
                }
                if item["primary"]?.bool == true { items.keepPrimary(item) }
            }
            resource.assign(items, to: attribute)
        } else if attribute.kind == .complex, !attribute.isMultiValued {
            var merged = resource[attribute.name]?.object ?? SCIMObject()
            for member in new.object?.members ?? [] { merged[member.name] = member.value }
            resource[attribute.name] = .object(merged)
        } else {
            resource[attribute.name] = new
        }
    }

    // MARK: Some values of an attribute

    private func applyToSome(
        _ attribute: SCIMAttribute, _ path: AttributePath, in resource: inout SCIMObject
    ) throws(Fault) {
        guard let filter = path.filter else { return }
        let part: SCIMAttribute?
        if let sub = path.sub { part = try attribute.part(sub) } else { part = nil }
        var items = resource[attribute.name]?.items ?? []
        var matching: [Int] = []
        for index in items.indices where try attribute.isMet(filter, by: items[index]) {
            matching.append(index)
        }
        if kind == .remove, part == nil {
            let gone = Set(matching)
            items = items.enumerated().filter { !gone.contains($0.offset) }.map(\.element)
            return resource.assign(items, to: attribute)
        }
        if matching.isEmpty {
            switch kind {
            case .remove: return
            case .replace:
                throw .scim(.noTarget, "No value of \(attribute.name) matches the filter.")
            case .add:
                items.append(.object(try attribute.element(matching: filter)))
                matching = [items.count - 1]
            }
        }
        for index in matching {
            if let part {
                try set(part, of: &items[index], in: attribute)
            } else if let new = try attribute.readOne(value, attribute.name) {
                var merged = kind == .add ? items[index].object ?? SCIMObject() : SCIMObject()
                for member in new.object?.members ?? [] { merged[member.name] = member.value }
                items[index] = .object(merged)
            }
            if items[index]["primary"]?.bool == true { items.keepPrimary(items[index]) }
        }
        resource.assign(items, to: attribute)
    }

    /// Sets or removes a sub-attribute of a value.
    private func set(
        _ part: SCIMAttribute, of item: inout SCIMValue, in attribute: SCIMAttribute
    ) throws(Fault) {
        guard part.mutability != .readOnly else {
            throw .scim(.mutability, "\(attribute.name).\(part.name) can't be changed.")
        }
        var object = item.object ?? SCIMObject()
        object[part.name] =
            kind == .remove ? nil : try part.read(value, in: attribute.name + ".")
        item = .object(object)
    }
}

extension SCIMAttribute {
    fileprivate func part(_ sub: String) throws(Fault) -> SCIMAttribute {
        guard let part = subAttributes.named(sub) else {
            throw .scim(.invalidPath, "\(name) has no \(sub.prefix(100)).")
        }
        return part
    }

    /// A new value that meets a filter of equalities.
    fileprivate func element(matching filter: SCIMFilter) throws(Fault) -> SCIMObject {
        var object = SCIMObject()
        for term in filter.conjuncts {
            guard case .compare(let path, .eq, let value) = term else {
                throw .scim(.noTarget, "No value of \(name) matches the filter.")
            }
            let part = try part(path.name)
            object[part.name] = try part.read(value, in: name + ".")
        }
        return object
    }

    /// Whether two values are one: by their `value`, if they have one.
    fileprivate func areSame(_ a: SCIMValue, _ b: SCIMValue) -> Bool {
        guard let part = subAttributes.named("value"), let one = a["value"]?.string,
            let other = b["value"]?.string
        else { return a == b }
        // One address can be of two types.
        if let type = a["type"], let otherType = b["type"], type != otherType { return false }
        return part.isCaseExact ? one == other : Text.folded(one) == Text.folded(other)
    }
}

extension SCIMValue {
    fileprivate var isEmptyObject: Bool { object?.members.isEmpty == true }
}

extension SCIMObject {
    fileprivate mutating func assign(_ items: [SCIMValue], to attribute: SCIMAttribute) {
        let items = items.filter { !$0.isEmptyObject }
        self[attribute.name] = items.isEmpty ? nil : .array(items)
    }
}

extension [SCIMValue] {
    /// A new primary value is the only one (RFC 7644 §3.5.2).
    fileprivate mutating func keepPrimary(_ primary: SCIMValue) {
        for index in indices where self[index] != primary {
            guard var object = self[index].object, object["primary"]?.bool == true else { continue }
            object["primary"] = false
            self[index] = .object(object)
        }
    }
}
