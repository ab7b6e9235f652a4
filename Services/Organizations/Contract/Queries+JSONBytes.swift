import Contract

// Every access check sends this query; a batch of them is about a thousand entities.

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
        var subjects: [Grants]?
        var mark: LeaseMark?
        let isPlain = reader.object { reader, name in
            switch name {
            case "subjects" where subjects == nil:
                subjects = reader.list { Grants(from: &$0) }
                return subjects != nil
            case "mark" where mark == nil:
                mark = LeaseMark(from: &reader)
                return mark != nil
            default: return false
            }
        }
        guard isPlain, let subjects else { return nil }
        self.init(subjects: subjects, mark: mark)
    }

    public func write(to writer: inout JSONByteWriter) {
        writer.append("{")
        if let mark {
            writer.append("\"mark\":")
            mark.write(to: &writer)
            writer.append(",")
        }
        writer.append("\"subjects\":")
        writer.append(array: subjects) { $1.write(to: &$0) }
        writer.append("}")
    }
}

extension StoreAccessReply.Grants: JSONByteReadable, JSONByteWritable {
    public init?(from reader: inout JSONByteReader) {
        var organizationStore: [Int]?
        var publicStore: [Int]?
        let isPlain = reader.object { reader, name in
            switch name {
            case "organizationStore" where organizationStore == nil:
                organizationStore = reader.list { $0.number() }
            case "publicStore" where publicStore == nil:
                publicStore = reader.list { $0.number() }
            default: return false
            }
            return true
        }
        guard isPlain, let organizationStore, let publicStore else { return nil }
        self.init(organizationStore: organizationStore, publicStore: publicStore)
    }

    public func write(to writer: inout JSONByteWriter) {
        writer.append("{\"organizationStore\":")
        writer.append(array: organizationStore) { $0.append(number: $1) }
        writer.append(",\"publicStore\":")
        writer.append(array: publicStore) { $0.append(number: $1) }
        writer.append("}")
    }
}
