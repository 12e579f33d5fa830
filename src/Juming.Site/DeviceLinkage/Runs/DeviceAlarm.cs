using Juming.Platform.Notify;
using Juming.Site.DeviceLinkage.Data;

namespace Juming.Site.DeviceLinkage.Runs;

/// <summary>Tells people that a device is no longer driven until one of them has looked.</summary>
internal static class DeviceAlarm
{
    public const string Code = "linkage.device-stopped";

    /// <summary>The notice of a device's state; null when it goes on by itself.</summary>
    public static Notice? Of(DeviceRow device, Guid run) => device.State is not (DeviceState.WrongPassword or DeviceState.Locked or DeviceState.CertificateChanged or DeviceState.NeedsPerson) ? null : new Notice
    {
        Code = Code,
        // Another certificate may be another machine in the device's place.
        Weight = device.State == DeviceState.CertificateChanged ? NoticeWeight.Critical : NoticeWeight.Urgent,
        Arguments = new Dictionary<string, string> { ["state"] = device.State.ToString() },
        Private = new Dictionary<string, string> { ["device"] = device.Name, ["detail"] = device.StateDetail },
        Path = "/linkage?open=" + device.Id,
        SameAs = $"{Code}/{device.Id}/{run}",
    };
}
