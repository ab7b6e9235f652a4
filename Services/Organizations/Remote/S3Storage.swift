import Kernel
import ServiceKit

struct S3Storage: ObjectStorage {
    init(_ settings: OrganizationsSettings, _ runtime: Runtime) {}

    func prove(_ bucket: Bucket, secret: String) async throws(Fault) {
        throw Fault(.unavailable, code: "storage_unavailable", "Not yet.", retryAfter: 1)
    }
}
