import Kernel
import ObjectStorage
import OrganizationsContract

extension Fault {
    /// 422 at the field to change; 503 if the bucket is not the cause.
    init(_ failure: StorageFailure) {
        let problem = failure.problem
        let detail = failure.detail ?? problem.detail
        self.init(
            problem, detail, fields: failure.field.map { [Field($0, detail)] } ?? [],
            retryAfter: problem.kind == .unavailable ? 1 : nil)
    }
}

extension StorageFailure {
    fileprivate var problem: ProblemType {
        switch self {
        case .endpoint: OrganizationProblems.storageEndpointInvalid
        case .dns: OrganizationProblems.storageDNSFailed
        case .forbiddenAddress: OrganizationProblems.storageAddressForbidden
        case .unreachable: OrganizationProblems.storageUnreachable
        case .timeout: OrganizationProblems.storageTimeout
        case .tls: OrganizationProblems.storageTLSFailed
        case .signature: OrganizationProblems.storageSignatureRefused
        case .accessKey: OrganizationProblems.storageAccessKeyUnknown
        case .bucket: OrganizationProblems.storageBucketMissing
        case .region: OrganizationProblems.storageRegionWrong
        case .permission: OrganizationProblems.storagePermissionMissing
        case .clock: OrganizationProblems.storageClockSkewed
        case .unexpected: OrganizationProblems.storageAnswerUnexpected
        case .busy: OrganizationProblems.storageCheckBusy
        case .unavailable: OrganizationProblems.storageCheckUnavailable
        }
    }

    /// The value to change (JSON Pointer, RFC 6901); nil if no value is at fault.
    fileprivate var field: String? {
        switch self {
        case .endpoint, .dns, .forbiddenAddress, .unreachable, .timeout, .tls, .unexpected:
            "/external/endpoint"
        case .signature: "/external/secretAccessKey"
        case .accessKey, .permission: "/external/accessKeyId"
        case .bucket: "/external/bucket"
        case .region: "/external/region"
        case .clock, .busy, .unavailable: nil
        }
    }

    /// A sentence with more detail than the problem's, if there is more.
    fileprivate var detail: String? {
        switch self {
        case .permission(.write): "The access key can't write objects (s3:PutObject)."
        case .permission(.read): "The access key can't read objects (s3:GetObject)."
        case .permission(.delete):
            "The access key can't delete objects (s3:DeleteObject); the object written by the "
                + "check remains below .latchkey-check/."
        case .unexpected(let status?, let code):
            "The endpoint did not respond like S3 storage (status \(status)"
                + (code.map { ", \($0)" } ?? "") + ")."
        default: nil
        }
    }
}
