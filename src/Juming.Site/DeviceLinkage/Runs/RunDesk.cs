using System.Collections.Concurrent;
using System.Text.Json;
using Juming.Platform.Access;
using Juming.Platform.Modules;
using Juming.Platform.Notify;
using Juming.Platform.Vault;
using Juming.Site.Blocking;
using Juming.Site.DeviceLinkage.Browser;
using Juming.Site.DeviceLinkage.Captcha;
using Juming.Site.DeviceLinkage.Data;
using Juming.Site.DeviceLinkage.Recipes;
using Juming.Site.DeviceLinkage.Register;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Playwright;

namespace Juming.Site.DeviceLinkage.Runs;

/// <summary>Takes wishes, lets one run at a time onto a device, keeps what it did, and ends what hangs.</summary>
internal sealed partial class RunDesk(
    IServiceScopeFactory scopes, ChromiumHost chromium, DeviceTurns turns, SessionStore sessions, ParkedWindows parked, LinkageSettings settings, CaptchaReader reader, TierContext tier, IRunPoints points, TimeProvider clock, ILogger<RunDesk> log)
{
    private readonly ConcurrentDictionary<Guid, Film> _live = new();

    /// <summary>Folder with the pictures of a run.</summary>
    public string Folder(Guid run) => Path.Combine(tier.DataFolder, "linkage", "runs", run.ToString("N"));

    /// <summary>The film of a run that is under way in this process; null for any other.</summary>
    public IReadOnlyList<FilmStep>? Live(Guid run) => _live.TryGetValue(run, out var film) ? film.Steps : null;

    public bool IsBusy(Guid device) => turns.IsTaken(device);

    public async Task<RunReport> Run(RunWish wish, CancellationToken ct)
    {
        using var held = await turns.Enter(wish.Device, ct);
        await using var scope = scopes.CreateAsyncScope();
        scope.ServiceProvider.GetRequiredService<CurrentActor>().Actor = wish.By;
        var db = scope.ServiceProvider.GetRequiredService<LinkageDb>();
        var device = await db.Devices.FirstOrDefaultAsync(d => d.Id == wish.Device, ct);
        if (device is null) return new RunReport(null, "no-device") { Changed = false };
        if (Unable(device, wish.Insists) is { } unable) return new RunReport(null, unable) { Changed = false, Detail = device.StateDetail };
        var row = new RunRow { Id = wish.Id, DeviceId = device.Id, Kind = wish.Kind, Capability = wish.Capability, EffectKey = wish.Key, RecipeId = wish.Recipe?.Id, Inputs = JsonSerializer.Serialize(wish.Inputs), Rehearsal = wish.Rehearsal, StartedAt = clock.GetUtcNow(), StartedBy = wish.By.Name };
        db.Add(row);
        await db.SaveChangesAsync(ct);
        points.Reach(IRunPoints.Begun, wish.Kind);
        var film = _live[row.Id] = new Film(Folder(row.Id), clock);
        try
        {
            return await Carry(scope.ServiceProvider, db, device, row, wish, film, ct);
        }
        finally
        {
            _live.TryRemove(row.Id, out _);
        }
    }

    /// <summary>Why a device can't be driven now; null when it can.</summary>
    public string? Unable(DeviceRow device, bool insists = false)
    {
        if (!chromium.IsThere) return "browser-missing";
        if (device.PasswordId is null) return "no-password";
        if (device.State == DeviceState.WrongPassword) return "wrong-password";
        if (device.State == DeviceState.CertificateChanged) return "certificate-changed";
        if (insists) return null;
        if (device.State == DeviceState.Locked) return "locked";
        if (device.State == DeviceState.NeedsPerson) return "needs-person";
        return device.TriedAt is { } tried && clock.GetUtcNow() - tried < TimeSpan.FromMinutes(settings.MinutesAfterFailure) ? "paused" : null;
    }

    private async Task<RunReport> Carry(IServiceProvider services, LinkageDb db, DeviceRow device, RunRow row, RunWish wish, Film film, CancellationToken ct)
    {
        var vault = services.GetRequiredService<IVault>();
        var run = new DeviceRun(chromium, new DeviceRunSetting
        {
            Device = device,
            Wish = wish,
            Film = film,
            Known = await KnownList(db, device.Id, ct),
            Settings = settings,
            Sessions = sessions,
            Parked = parked,
            Reader = reader,
            Clock = clock,
            Secret = (password, token) => vault.Open((password ? device.PasswordId : device.SeedId) ?? Guid.Empty, DeviceSecrets.Place(device.Id, password), "linkage.sign-in", token),
            BeforeAttempt = async token =>
            {
                device.TriedAt = clock.GetUtcNow();
                await db.SaveChangesAsync(token);
            },
            // Kept at once: a program that ends in the middle of the run must not leave the device waiting as after a refused password.
            AfterSignIn = async token =>
            {
                device.TriedAt = null;
                await db.SaveChangesAsync(token);
            },
            BeforeSubmit = async token =>
            {
                if (wish.Kind == Data.RunKind.Recipe && wish.Steps?.ProtectedCheck is { } input) await CheckProtected(services, wish.Inputs.GetValueOrDefault(input) ?? "", c => c.Refusal, token);
                else if (wish is { Kind: Data.RunKind.Recipe, Capability: HostTargets.Capability }) await CheckProtected(services, wish.Inputs.GetValueOrDefault(HostTargets.Input) ?? "", HostTargets.Refusal, token);
                row.State = RunState.Acting;
                await db.SaveChangesAsync(token);
                points.Reach(IRunPoints.Acting, wish.Kind);
            },
            KeepPin = async (pin, token) =>
            {
                device.Pin = pin;
                await db.SaveChangesAsync(token);
            },
            Pressed = () => points.Reach(IRunPoints.Pressed, wish.Kind),
        });
        var report = await Guarded(run, wish, film, ct);
        points.Reach(IRunPoints.Read, wish.Kind);
        var before = device.State;
        Note(device, run, report);
        Close(row, report, film);
        var suggestion = await Suggestions.Of(db, row, wish, run.Healings, report, clock.GetUtcNow());
        if (report is { Failure: null, Verified: true }) await KeepList(db, device.Id, run.Listed);
        await film.Finish();
        await db.SaveChangesAsync(CancellationToken.None);
        points.Reach(IRunPoints.Kept, wish.Kind);
        LogEnded(log, wish.Kind, device.Name, report.Failure ?? "done", row.TookMs);
        if (services.GetService<INotices>() is { } notices)
        {
            if (device.State != before && DeviceAlarm.Of(device, row.Id) is { } alarm) await notices.Post(alarm, CancellationToken.None);
            if (suggestion is not null) await notices.Post(HealingNotice.Of(suggestion, device, wish.Recipe!), CancellationToken.None);
        }
        return report;
    }

    private static async Task<IReadOnlyList<string>> KnownList(LinkageDb db, Guid device, CancellationToken ct) =>
        JsonSerializer.Deserialize<List<string>>(await db.Lists.Where(l => l.DeviceId == device).Select(l => l.Addresses).FirstOrDefaultAsync(ct) ?? "[]") ?? [];

    private async Task KeepList(LinkageDb db, Guid device, IReadOnlyList<string> listed)
    {
        // A list that is searched shows few of its entries; by them it would not be known again.
        if (listed.Count < 2) return;
        var kept = await db.Lists.FirstOrDefaultAsync(l => l.DeviceId == device, CancellationToken.None) ?? db.Add(new ListRow { DeviceId = device }).Entity;
        var text = JsonSerializer.Serialize(listed);
        if (kept.Addresses != text) (kept.Addresses, kept.At) = (text, clock.GetUtcNow());
    }

    /// <summary>The last word before anything is pressed, whoever asked for the run.</summary>
    private static async Task CheckProtected(IServiceProvider services, string target, Func<TargetCheck, string?> refusalOf, CancellationToken ct)
    {
        var check = await services.GetRequiredService<IProtectedAddresses>().Check(target, ct);
        if (refusalOf(check) is { } refusal) throw new ConsoleFailedException(refusal, check.Entry ?? target);
    }

    private async Task<RunReport> Guarded(DeviceRun run, RunWish wish, Film film, CancellationToken ct)
    {
        var longest = wish.Longest ?? (wish.Steps?.MaxRun is { } most && most > TimeSpan.FromSeconds(settings.RunSeconds) ? most : TimeSpan.FromSeconds(settings.RunSeconds));
        using var limit = new CancellationTokenSource(longest, clock);
        // Past the point of no return the caller can't break it off: the read-back must say what became of it.
        await using var gone = ct.Register(() => { if (!run.Acted) limit.Cancel(); });
        try
        {
            var work = run.Carry(limit.Token);
            // What does not even heed its own limit hangs in the browser.
            var first = await Task.WhenAny(work, Task.Delay(longest + TimeSpan.FromSeconds(15), clock, CancellationToken.None));
            if (first != work) chromium.Kill();
            return await work.WaitAsync(TimeSpan.FromSeconds(30), clock, CancellationToken.None);
        }
        catch (ConsoleFailedException e)
        {
            return new RunReport(wish.Id, e.Code) { Detail = e.Detail, Changed = run.Acted ? null : false };
        }
        catch (BrowserMissingException e)
        {
            return new RunReport(wish.Id, "browser-missing") { Detail = e.Message, Changed = run.Acted ? null : false };
        }
        catch (SecretGoneException e)
        {
            return new RunReport(wish.Id, "no-password") { Detail = e.Reason, Changed = false };
        }
        catch (OperationCanceledException)
        {
            return new RunReport(wish.Id, ct.IsCancellationRequested && !run.Acted ? "cancelled" : "took-too-long") { Changed = run.Acted ? null : false };
        }
        catch (Exception e) when (e is PlaywrightException or TimeoutException)
        {
            if (e is TimeoutException) chromium.Kill();
            LogBroken(log, e.Message);
            return new RunReport(wish.Id, "browser-failed") { Detail = e.Message.Split('\n')[0], Changed = run.Acted ? null : false };
        }
    }

    private void Note(DeviceRow device, DeviceRun run, RunReport report)
    {
        var state = run.SignedIn is { Failure: null } ? DeviceState.Ready : report.Failure switch
        {
            "wrong-password" => DeviceState.WrongPassword,
            "locked" => DeviceState.Locked,
            "certificate-changed" => DeviceState.CertificateChanged,
            "password-change" or "licence" or "code-needed" or "code-refused" => DeviceState.NeedsPerson,
            null or "cancelled" or "browser-missing" or "browser-failed" or "took-too-long" or "no-password" => device.State,
            _ => DeviceState.Failing,
        };
        // Nobody's password was doubted: the next sign-in need not wait.
        if (state == DeviceState.Ready || report.Failure is "captcha-wrong" or "captcha-unreadable" or "session-taken") device.TriedAt = null;
        if (state == device.State && state == DeviceState.Ready) return;
        (device.State, device.StateDetail, device.StateAt) = (state, state == DeviceState.Ready ? "" : Cut((report.Failure ?? "") + (report.Detail.Length > 0 ? ": " + report.Detail : "")), clock.GetUtcNow());
    }

    private void Close(RunRow row, RunReport report, Film film)
    {
        row.State = report.Failure is null ? RunState.Done : RunState.Failed;
        row.EndedAt = clock.GetUtcNow();
        row.TookMs = film.TookMs;
        (row.Failure, row.FailedStep, row.Detail) = (report.Failure, report.Step is { Length: > 100 } step ? step[..100] : report.Step, report.Detail);
        row.Reading = row.Kind is Data.RunKind.SignIn or Data.RunKind.Explore or Data.RunKind.Record || row.Rehearsal ? "" : report.Present switch { true => "Present", false => "Absent", null => "Unknown" };
        row.Changed = report.Changed;
        row.Outputs = JsonSerializer.Serialize(report.Outputs);
        row.Film = JsonSerializer.Serialize(film.Steps);
    }

    private static string Cut(string text) => text.Length > 300 ? text[..300] : text;

    [LoggerMessage(Level = LogLevel.Information, Message = "{Kind} on {Device}: {Outcome} in {Milliseconds} ms")]
    private static partial void LogEnded(ILogger log, Data.RunKind kind, string device, string outcome, int milliseconds);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The browser broke off a run: {Reason}")]
    private static partial void LogBroken(ILogger log, string reason);
}
