import HTTPCore
import Kernel
import OrganizationsContract
import ServiceKit

extension OrganizationsAPI {
    func getStorage(_ request: RequestContext) throws -> Response {
        let storage = try useCases.getStorage(of: try request.organization, by: request.caller)
        return .resource(StorageConfigBody(storage))
    }

    func setStorage(_ request: RequestContext) async throws -> Committed {
        let body = try request.decode(NewStorageConfigBody.self)
        let change = useCases.setStorage(
            of: try request.organization,
            to: try StorageDraft(mode: body.mode, external: body.external), by: request.caller)
        return try await request.commit(change, current: .shown { StorageConfigBody($0) }) {
            .json(StorageConfigBody($0))
        }
    }
}

extension StorageDraft {
    /// - Throws: 422.
    init(mode: String, external: NewExternalStorageBody?) throws(Fault) {
        let mode: StorageMode = try Text.word(mode, pointer: "/mode")
        switch (mode, external) {
        case (.managed, nil): self = .managed
        case (.managed, _): throw .invalid("/external", "must be omitted if mode is managed")
        case (.external, let body?):
            self = try .external(
                provider: body.provider, endpoint: body.endpoint, bucket: body.bucket,
                region: body.region, accessKeyId: body.accessKeyId,
                secretAccessKey: body.secretAccessKey)
        case (.external, nil): throw .invalid("/external", "is required if mode is external")
        }
    }
}

extension StorageConfigBody {
    init(_ storage: Storage) {
        switch storage {
        case .managed: self.init(mode: .managed)
        case .external(let bucket):
            self.init(
                mode: .external,
                external: ExternalStorageBody(
                    provider: bucket.provider, endpoint: bucket.endpoint, bucket: bucket.name,
                    region: bucket.region, accessKeyId: bucket.accessKeyId,
                    secretAccessKeySet: true))
        }
    }
}
