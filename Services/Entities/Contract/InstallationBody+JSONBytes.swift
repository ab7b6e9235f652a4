import Contract

extension InstallBody: JSONByteReadable {
    public init?(from reader: inout JSONByteReader) {
        var version: String?
        let isPlain = reader.object { reader, name in
            guard "version" ~= name, version == nil else { return false }
            version = reader.string()
            return true
        }
        guard isPlain else { return nil }
        self.init(version: version)
    }
}
