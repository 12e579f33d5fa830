using Juming.Platform.Handlers;
using Juming.Site.DeviceLinkage.Captcha;
using Juming.Site.DeviceLinkage.Data;

namespace Juming.Site.DeviceLinkage.Runs;

/// <summary>What a run on a device needs, and what it tells while it goes on.</summary>
internal sealed record DeviceRunSetting
{
    public required DeviceRow Device { get; init; }
    public required RunWish Wish { get; init; }
    public required Film Film { get; init; }

    /// <summary>Addresses that the device's list held when it was last seen.</summary>
    public required IReadOnlyList<string> Known { get; init; }
    public required LinkageSettings Settings { get; init; }
    public required SessionStore Sessions { get; init; }
    public required ParkedWindows Parked { get; init; }
    public required CaptchaReader Reader { get; init; }

    /// <summary>Opens a secret of the device; true is the password, false the seed.</summary>
    public required Func<bool, CancellationToken, Task<Secret>> Secret { get; init; }
    public required Func<CancellationToken, Task> BeforeAttempt { get; init; }

    /// <summary>The device took the password; runs as soon as that is known.</summary>
    public required Func<CancellationToken, Task> AfterSignIn { get; init; }
    public required Func<CancellationToken, Task> BeforeSubmit { get; init; }
    public required Func<string, CancellationToken, Task> KeepPin { get; init; }

    /// <summary>Called after the last press, before the list is read.</summary>
    public required Action Pressed { get; init; }
    public required TimeProvider Clock { get; init; }
}
