using System.Net.Sockets;
using System.Security.Authentication;
using Juming.Platform.Handlers;
using Juming.Platform.Vault;
using Juming.Site.DeviceLinkage.Browser;
using Juming.Site.DeviceLinkage.Captcha;
using Juming.Site.DeviceLinkage.Data;
using Juming.Site.DeviceLinkage.Learning;
using Juming.Site.DeviceLinkage.Recipes;
using Juming.Site.DeviceLinkage.SignIn;

namespace Juming.Site.DeviceLinkage.Runs;

/// <summary>One run in a browser context of its own: sign in, act, read back.</summary>
internal sealed partial class DeviceRun(ChromiumHost chromium, DeviceRunSetting run)
{
    private DeviceWindow _window = null!;
    private RecipeRunner? _runner;
    private bool _reused;
    private bool _again;

    /// <summary>What became of the sign-in; null before it.</summary>
    public SignInOutcome? SignedIn { get; private set; }

    /// <summary>True once something was pressed that changes the device: from here on nobody breaks the run off.</summary>
    public bool Acted => _runner?.Acted ?? false;

    public IReadOnlyList<Healing> Healings => _runner?.Healings ?? [];

    /// <summary>Addresses that the list showed.</summary>
    public IReadOnlyList<string> Listed => _runner?.Listed ?? [];

    public async Task<RunReport> Carry(CancellationToken ct)
    {
        var origin = new DeviceOrigin(new Uri(run.Device.Address), run.Device.Pin.Length > 0 ? run.Device.Pin : null, run.Settings.AllowThisMachine);
        await Probe(origin, ct);
        var session = run.Sessions.Find(run.Device.Id, run.Device.Account);
        var browser = await chromium.Browser(ct);
        var (key, hand) = (ParkedWindows.KeyOf(run.Device), run.Wish.ByHand);
        _window = (hand is null ? await run.Parked.Take(run.Device.Id, key) : null)
            ?? await DeviceWindow.Open(browser, origin, run.Settings, session?.State, run.Device.Language, hand is null ? null : hand.Heard, hand?.Target ?? "");
        var stays = false;
        try
        {
            if (session is not null) _window.Home = session.Home;
            var report = await Work(session is not null, ct);
            stays = report.Failure is null && (run.Wish.Kind is RunKind.Recipe or RunKind.Inverse or RunKind.Look) && run.Sessions.Find(run.Device.Id, run.Device.Account) is not null;
            return report;
        }
        catch (ConsoleFailedException e)
        {
            return await Failed(e);
        }
        finally
        {
            // A certificate that was pinned in this very run is held to only from the next window on.
            if (stays && key == ParkedWindows.KeyOf(run.Device)) await run.Parked.Park(run.Device.Id, key, _window);
            else await _window.DisposeAsync();
        }
    }

    private async Task<RunReport> Failed(ConsoleFailedException e)
    {
        var step = run.Film.Begin(_runner?.CurrentStep ?? "sign-in", "failed");
        await run.Film.Shoot(step, "failed", _window, CancellationToken.None);
        step.End(e.Code, e.Detail);
        if (e.Code == "session-expired") run.Sessions.Forget(run.Device.Id);
        return new RunReport(run.Wish.Id, e.Code) { Step = _runner?.CurrentStep, Detail = e.Detail, Changed = Acted ? null : false };
    }

    private async Task Probe(DeviceOrigin origin, CancellationToken ct)
    {
        var step = run.Film.Begin("connect", "probe");
        try
        {
            if (await origin.Probe(ct) is { } pin && run.Device.Pin.Length == 0) await run.KeepPin(pin, ct);
            step.End("done");
        }
        catch (CertificateChangedException)
        {
            step.End("certificate-changed");
            throw new ConsoleFailedException("certificate-changed");
        }
        catch (Exception e) when (e is SocketException or UnreachableDeviceException or IOException || (e is OperationCanceledException && !ct.IsCancellationRequested))
        {
            step.End("unreachable", e.Message);
            throw new ConsoleFailedException("unreachable", e.Message);
        }
        catch (AuthenticationException e)
        {
            step.End("tls-unsupported", e.Message);
            throw new ConsoleFailedException("tls-unsupported", e.InnerException?.Message ?? e.Message);
        }
    }

    private async Task<RunReport> Work(bool mayReuse, CancellationToken ct)
    {
        var place = mayReuse ? Place : null;
        try
        {
            await SignIn(place ?? _window.Home, ct);
        }
        catch (ConsoleFailedException e) when (mayReuse && e.Code is "unreachable" or "no-form" && _window.Page.Url != _window.Origin.Address.AbsoluteUri)
        {
            // What was remembered is not there any more, as after an upgrade: once more from the device's own address.
            run.Sessions.ForgetPlaces(run.Device.Id);
            (place, _window.Home) = (null, _window.Origin.Address);
            await SignInAnew(true, ct);
        }
        switch (run.Wish.Kind)
        {
            case RunKind.SignIn:
                await run.Film.Shoot(run.Film.Begin("sign-in", "picture"), "inside", _window, ct);
                return new RunReport(run.Wish.Id, null) { Verified = true, Changed = false };
            case RunKind.Explore: return await Explore(ct);
            case RunKind.Record:
                await run.Wish.ByHand!.Work(_window, run.Film, token => SignInAnew(true, token), ct);
                return new RunReport(run.Wish.Id, null);
            case RunKind.Look: return await Look(ct);
            case RunKind.Inverse: return await Inverse(ct);
            default: return await Recipe(place is not null && _reused, ct);
        }
    }

    private async Task SignIn(Uri start, CancellationToken ct)
    {
        var step = run.Film.Begin("open", "load");
        try
        {
            await _window.Load(start, ct);
            step.End("done", _window.Page.Url);
        }
        catch (ConsoleFailedException e)
        {
            step.End(e.Code, e.Detail);
            throw;
        }
        var outcome = await new SignInSkill(new CaptchaSolver(run.Reader), run.Clock).SignIn(_window, new SignInOrder
        {
            Account = run.Device.Account,
            Password = async token => (await run.Secret(true, token)).Value,
            Seed = run.Device.SeedId is null ? null : async token => (await run.Secret(false, token)).Value,
            TakesOver = run.Device.TakesOver,
            BeforeAttempt = run.BeforeAttempt,
        }, run.Film, ct);
        SignedIn = outcome;
        _reused = outcome.Reused;
        if (outcome.Failure is { } failure) throw new ConsoleFailedException(failure, outcome.Detail);
        if (outcome.Reused) return;
        await run.AfterSignIn(ct);
        if (Uri.TryCreate(_window.Page.Url, UriKind.Absolute, out var home) && _window.Origin.Includes(home)) _window.Home = home;
        run.Sessions.Keep(run.Device.Id, run.Device.Account, await _window.Session(), _window.Home);
    }

    private RecipeRunner Runner(Recipe recipe, bool rehearsal) => _runner = new RecipeRunner(_window, recipe, new RunnerSetting
    {
        Undoes = run.Wish.Kind == RunKind.Inverse,
        MustKnowList = run.Wish.Kind is RunKind.Inverse or RunKind.Look,
        Known = run.Known,
        Film = run.Film,
        Values = new RunValues(run.Wish.Inputs),
        StepPatience = TimeSpan.FromSeconds(run.Settings.StepSeconds),
        Rehearsal = rehearsal,
        BeforeSubmit = run.BeforeSubmit,
    }, run.Clock);

    private async Task<RunReport> Recipe(bool atList, CancellationToken ct)
    {
        var recipe = run.Wish.Steps!;
        var runner = Runner(recipe, run.Wish.Rehearsal);
        if (atList) runner.ListPlace = Place;
        ConsoleFailedException? failure = null;
        try
        {
            await runner.Run(recipe.Steps, atList, ct);
        }
        catch (ConsoleFailedException e) when (!runner.Acted && e.Code != "healing-waits" && (atList || e.Code == "session-expired"))
        {
            // The remembered way led elsewhere, or the session ended: once more from the start.
            runner = Runner(recipe, run.Wish.Rehearsal);
            await SignInAnew(e.Code == "session-expired", ct);
            try
            {
                await runner.Run(recipe.Steps, false, ct);
            }
            catch (ConsoleFailedException again) when (runner.Acted)
            {
                failure = again;
            }
        }
        catch (ConsoleFailedException e) when (runner.Acted)
        {
            failure = e;
        }
        KeepPlace(runner);
        if (runner.Acted) run.Pressed();
        if (runner.Rehearsed || run.Wish.Rehearsal) return new RunReport(run.Wish.Id, runner.Rehearsed ? null : runner.Returned is not null ? null : "no-point") { Changed = false, Verified = runner.Rehearsed };
        if (recipe.Verify.Count == 0) return Ended(runner, failure, null, null);
        var report = await Verify(runner, recipe, failure, ct);
        if (_again || failure?.Code != "session-expired" || report.Present != false) return report;
        // The session had ended when it was sent, and by its list the device did nothing: only now it may be sent again, once.
        _again = true;
        await _window.Load(_window.Home, ct);
        return await Recipe(false, ct);
    }

    private async Task SignInAnew(bool forget, CancellationToken ct)
    {
        if (forget) run.Sessions.Forget(run.Device.Id);
        await SignIn(forget ? _window.Origin.Address : _window.Home, ct);
    }

    private RunReport Ended(RecipeRunner runner, ConsoleFailedException? failure, bool? present, bool? verified) => new(run.Wish.Id, failure?.Code)
    {
        Step = failure is null ? null : runner.CurrentStep,
        Detail = failure?.Detail ?? "",
        Present = present,
        Verified = verified,
        Changed = runner.Returned is not null ? runner.ReturnedChanged ?? false : present is null && failure is not null && runner.Acted ? null : runner.Acted && present != false,
        Outputs = runner.Values.Outputs,
    };

    private void KeepPlace(RecipeRunner runner)
    {
        if (runner.ListPlace is { } place && run.Wish.Recipe is { } row) run.Sessions.KeepPlace(run.Device.Id, row.Id, place);
    }

    private Uri? Place => run.Wish.Recipe is { } recipe ? run.Sessions.Place(run.Device.Id, recipe.Id) : null;

    /// <summary>Sessions of some consoles last a few pages: signed in once more, the work is begun once more.</summary>
    private async Task<T> Again<T>(Func<Task<T>> work, CancellationToken ct)
    {
        try
        {
            return await work();
        }
        catch (ConsoleFailedException e) when (e.Code == "session-expired")
        {
            await SignInAnew(true, ct);
            return await work();
        }
    }

    private async Task<bool> Outside(CancellationToken ct) => SignInSkill.Flag(await _window.Call("e => e.signIn.standing()", null, ct), "form");
}
