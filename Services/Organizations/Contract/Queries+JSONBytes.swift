import Contract

// Every check of access asks this, a batch about a thousand entities.

extension StoreAccessQuery: JSONByteReadable, JSONByteWritable {
    public init?(from reader: inout JSONByteReader) {
        guard let subjects = reader.only("subjects", { $0.list { Subject(from: &$0) } }) else {
            return nil
        }
        self.init(subjects: subjects)
    }

    public func write(to writer: inout JSONByteWriter) {
        writer.append("{\"subjects\":")
        writer.append(array: subjects) { writer, subject in
            writer.append("{\"entityIds\":")
            writer.append(array: subject.entityIds) { $0.append(quoted: $1) }
            writer.append(",\"userId\":")
            writer.append(quoted: subject.userId)
            writer.append("}")
        }
        writer.append("}")
    }
}

extension StoreAccessQuery.Subject: JSONByteReadable {
    public init?(from reader: inout JSONByteReader) {
        var userId: String?
        var entityIds: [String]?
        let isPlain = reader.object { reader, name in
            switch name {
            case "userId" where userId == nil: userId = reader.string()
            case "entityIds" where entityIds == nil: entityIds = reader.list { $0.string() }
            default: return false
            }
            return true
        }
        guard isPlain, let userId, let entityIds else { return nil }
        self.init(userId: userId, entityIds: entityIds)
    }
}

extension StoreAccessReply: JSONByteReadable, JSONByteWritable {
    public init?(from reader: inout JSONByteReader) {
        guard let subjects = reader.only("subjects", { $0.list { Grants(from: &$0) } }) else {
            return nil
        }
        self.init(subjects: subjects)
    }

    public func write(to writer: inout JSONByteWriter) {
        writer.append("{\"subjects\":")
        writer.append(array: subjects) { $1.write(to: &$0) }
        writer.append("}")
    }
}

extension StoreAccessReply.Grants: JSONByteReadable, JSONByteWritable {
    public init?(from reader: inout JSONByteReader) {
        guard let stores = Stores(from: &reader, { $0.number() }) else { return nil }
        self.init(organizationStore: stores.organization, publicStore: stores.everybody)
    }

    public func write(to writer: inout JSONByteWriter) {
        Stores(organization: organizationStore, everybody: publicStore).write(to: &writer) {
            $0.append(number: $1)
        }
    }
}

/// What stores open, by the one of an organization and by public ones: two lists of the same.
private struct Stores<Item> {
    let organization: [Item]
    let everybody: [Item]

    init(organization: [Item], everybody: [Item]) {
        self.organization = organization
        self.everybody = everybody
    }

    init?(from reader: inout JSONByteReader, _ item: (inout JSONByteReader) -> Item?) {
        var organization: [Item]?
        var everybody: [Item]?
        let isPlain = reader.object { reader, name in
            switch name {
            case "organizationStore" where organization == nil: organization = reader.list(item)
            case "publicStore" where everybody == nil: everybody = reader.list(item)
            default: return false
            }
            return true
        }
        guard isPlain, let organization, let everybody else { return nil }
        self.init(organization: organization, everybody: everybody)
    }

    func write(to writer: inout JSONByteWriter, _ item: (inout JSONByteWriter, Item) -> Void) {
        writer.append("{\"organizationStore\":")
        writer.append(array: organization, item)
        writer.append(",\"publicStore\":")
        writer.append(array: everybody, item)
        writer.append("}")
    }
}
