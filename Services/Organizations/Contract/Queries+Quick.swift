import Contract

// Every check of access asks this, a batch about a thousand entities.

extension StoreAccessQuery: QuickReadable, QuickWritable {
    public init?(from reader: inout QuickReader) {
        var subjects: [Subject]?
        let isPlain = reader.object { reader, name in
            guard "subjects" ~= name, subjects == nil else { return false }
            var list: [Subject] = []
            guard reader.array({ Subject.append(to: &list, from: &$0) }) else { return false }
            subjects = list
            return true
        }
        guard isPlain, let subjects else { return nil }
        self.init(subjects: subjects)
    }

    public func write(to writer: inout QuickWriter) {
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

extension StoreAccessQuery.Subject {
    fileprivate static func append(
        to list: inout [StoreAccessQuery.Subject], from reader: inout QuickReader
    ) -> Bool {
        var userId: String?
        var entityIds: [String]?
        let isPlain = reader.object { reader, name in
            switch name {
            case "userId" where userId == nil: userId = reader.string()
            case "entityIds" where entityIds == nil:
                entityIds = reader.strings()
                return entityIds != nil
            default: return false
            }
            return true
        }
        guard isPlain, let userId, let entityIds else { return false }
        list.append(StoreAccessQuery.Subject(userId: userId, entityIds: entityIds))
        return true
    }
}

extension StoreAccessAnswer: QuickReadable, QuickWritable {
    public init?(from reader: inout QuickReader) {
        var subjects: [Grants]?
        let isPlain = reader.object { reader, name in
            guard "subjects" ~= name, subjects == nil else { return false }
            var list: [Grants] = []
            guard reader.array({ Grants.append(to: &list, from: &$0) }) else { return false }
            subjects = list
            return true
        }
        guard isPlain, let subjects else { return nil }
        self.init(subjects: subjects)
    }

    public func write(to writer: inout QuickWriter) {
        writer.append("{\"subjects\":")
        writer.append(array: subjects) { writer, grants in
            writer.append("{\"organizationStore\":")
            writer.append(array: grants.organizationStore) { $0.append(number: $1) }
            writer.append(",\"publicStore\":")
            writer.append(array: grants.publicStore) { $0.append(number: $1) }
            writer.append("}")
        }
        writer.append("}")
    }
}

extension StoreAccessAnswer.Grants {
    fileprivate static func append(
        to list: inout [StoreAccessAnswer.Grants], from reader: inout QuickReader
    ) -> Bool {
        var organizationStore: [Int]?
        var publicStore: [Int]?
        let isPlain = reader.object { reader, name in
            switch name {
            case "organizationStore" where organizationStore == nil:
                organizationStore = places(&reader)
                return organizationStore != nil
            case "publicStore" where publicStore == nil:
                publicStore = places(&reader)
                return publicStore != nil
            default: return false
            }
        }
        guard isPlain, let organizationStore, let publicStore else { return false }
        list.append(
            StoreAccessAnswer.Grants(
                organizationStore: organizationStore, publicStore: publicStore))
        return true
    }

    private static func places(_ reader: inout QuickReader) -> [Int]? {
        var places: [Int] = []
        let isList = reader.array { reader in
            guard let place = reader.number() else { return false }
            places.append(place)
            return true
        }
        return isList ? places : nil
    }
}

extension StoreEntitiesAnswer: QuickReadable, QuickWritable {
    public init?(from reader: inout QuickReader) {
        var organizationStore: [String]?
        var publicStore: [String]?
        let isPlain = reader.object { reader, name in
            switch name {
            case "organizationStore" where organizationStore == nil:
                organizationStore = reader.strings()
                return organizationStore != nil
            case "publicStore" where publicStore == nil:
                publicStore = reader.strings()
                return publicStore != nil
            default: return false
            }
        }
        guard isPlain, let organizationStore, let publicStore else { return nil }
        self.init(organizationStore: organizationStore, publicStore: publicStore)
    }

    public func write(to writer: inout QuickWriter) {
        writer.append("{\"organizationStore\":")
        writer.append(array: organizationStore) { $0.append(quoted: $1) }
        writer.append(",\"publicStore\":")
        writer.append(array: publicStore) { $0.append(quoted: $1) }
        writer.append("}")
    }
}
