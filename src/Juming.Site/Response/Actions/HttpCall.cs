using System.Globalization;
using System.Net;
using System.Text;
using Juming.Platform.Handlers;
using Juming.Platform.Http;
using Juming.Platform.Vault;
using Juming.Site.Response.Secrets;

namespace Juming.Site.Response.Actions;

/// <summary>
/// Calls an HTTP interface, once. There is no reading back what a foreign interface did: a call that reads is sent again after it broke off, any other
/// waits for a person to say what became of it. It carries its effect's identity as Idempotency-Key, by which that person finds it over there.
/// </summary>
internal sealed class HttpCall(GuardedHttp http, OutboundSettings outbound, SecretShelf secrets) : IResponseAction
{
    private const int MostExcerpt = 2000;
    private const string Purpose = "response.http-call";

    private static readonly Reach Reach = new(Destinations.Configured) { Within = TimeSpan.FromSeconds(30), Sender = "response" };

    // Then nothing was sent.
    private static readonly HashSet<CallFailure> BeforeSending = [CallFailure.AddressRefused, CallFailure.DestinationRefused, CallFailure.NameUnknown, CallFailure.Unreachable, CallFailure.Tls, CallFailure.NotRecorded];

    public ActionSpec Spec { get; } = new()
    {
        Code = "http-call",
        Group = "device",
        Permission = ResponseWrite.Code,
        Inputs = [new("method", "choice", true, HttpForm.Methods), new("url", "url", true), new("headers", "headers"), new("body", "json"), new("expected", "text")],
        Outputs = ["status", "body"],
        Changes = true,
    };

    public async Task<ActionPlan> Plan(ActionCall call, CancellationToken ct)
    {
        var refusal = HttpForm.Read(call, out var form);
        if (form is not null) refusal = Inner(form) ?? await secrets.Refusal(form.Secrets, form.Address, ct) ?? "";
        var line = PlanLine.Of("plan.http-call", ("method", call.Of("method")), ("url", form?.Shown ?? call.Of("url").Split('?')[0]), ("secrets", form is { Secrets.Count: > 0 } ? string.Join(", ", form.Secrets) : "-"));
        return new ActionPlan([line], refusal.Length > 0 ? refusal : null);
    }

    public async Task<ActionOutcome> Act(ActionCall call, CancellationToken ct)
    {
        if (HttpForm.Read(call, out var form) is { Length: > 0 } refused) return ActionOutcome.Failed(refused);
        if (await secrets.Refusal(form!.Secrets, form.Address, ct) is { } refusal) return ActionOutcome.Failed(refusal);
        Dictionary<string, Secret> opened;
        try
        {
            opened = await secrets.Open(form.Secrets, form.Address, Purpose, call, ct);
        }
        catch (SecretGoneException e)
        {
            return ActionOutcome.Failed("secret-gone", evidence: new Dictionary<string, string> { ["reason"] = e.Reason });
        }
        return await Send(call, form, opened, ct);
    }

    public Task<ActionOutcome> Settle(ActionCall call, CancellationToken ct) =>
        Task.FromResult(HttpForm.Read(call, out var form).Length > 0 || form!.IsSafe ? ActionOutcome.NotBegun : ActionOutcome.Unknown("call-unknown"));

    public async Task<ActionPlan> Probe(CancellationToken ct)
    {
        var (kept, broken) = await secrets.Try(Purpose, ct);
        return new ActionPlan([PlanLine.Of("probe.http-call", ("networks", outbound.AllowedNetworks.Length > 0 ? string.Join(", ", outbound.AllowedNetworks) : "-")), PlanLine.Of("probe.secrets", ("count", kept.ToString(CultureInfo.InvariantCulture)), ("broken", broken.Count > 0 ? string.Join(", ", broken) : "-"))],
            broken.Count > 0 ? "secret-gone" : null);
    }

    private async Task<ActionOutcome> Send(ActionCall call, HttpForm form, Dictionary<string, Secret> opened, CancellationToken ct)
    {
        var headers = form.Filled(opened);
        if (!form.IsSafe) headers.TryAdd("Idempotency-Key", KeyId.Of(call.Key).ToString());
        // Whole values as well: a scheme and a secret may be echoed in a form of both.
        var mask = new SecretMask([.. opened.Values.Select(s => s.Value), .. form.Headers.Where(h => h.Value.Contains("{{vault:", StringComparison.Ordinal)).Select(h => headers[h.Key])]);
        try
        {
            var answer = await http.Send(new GuardedCall(form.Method, form.Address, form.Body, Headers: headers), Reach, ct);
            return Answered(form, answer, mask);
        }
        catch (CallFailedException e)
        {
            var evidence = new Dictionary<string, string> { ["url"] = form.Shown, ["failure"] = e.Failure.ToString(), ["detail"] = Excerpt(mask.Of(e.Detail), 300) };
            if (form.IsSafe || BeforeSending.Contains(e.Failure)) return ActionOutcome.Failed("call-" + e.Failure.ToString().ToLowerInvariant(), mayPass: e.Failure is CallFailure.Unreachable or CallFailure.TimedOut or CallFailure.Broken, evidence);
            return ActionOutcome.Unknown("call-unknown") with { Evidence = evidence };
        }
    }

    private static ActionOutcome Answered(HttpForm form, GuardedAnswer answer, SecretMask mask)
    {
        // Masked whole and then cut: a cut in the middle of a secret would leave its first half.
        var body = mask.Of(Encoding.UTF8.GetString(answer.Body));
        var status = answer.Status.ToString(CultureInfo.InvariantCulture);
        var evidence = new Dictionary<string, string> { ["url"] = form.Shown, ["status"] = status, ["bytes"] = answer.Body.Length.ToString(CultureInfo.InvariantCulture), ["body"] = Excerpt(body, MostExcerpt) };
        if (form.Expects(answer.Status)) return ActionOutcome.Done(new Dictionary<string, string> { ["status"] = status, ["body"] = Excerpt(body, MostExcerpt) }, evidence);
        // A gateway that lost its answer does not know what became of the call.
        if (!form.IsSafe && answer.Status is 502 or 504) return ActionOutcome.Unknown("call-unknown") with { Evidence = evidence };
        return ActionOutcome.Failed("unexpected-status", mayPass: form.IsSafe && answer.Status is 429 or >= 500, evidence);
    }

    /// <summary>Code of why a literal address is refused; null for names, which are looked up when they are called.</summary>
    private string? Inner(HttpForm form) =>
        IPAddress.TryParse(form.Address.Host.Trim('[', ']'), out var address) && !AddressRules.Allows(address, Destinations.Configured, outbound.Networks()) ? "call-destinationrefused" : null;

    private static string Excerpt(string text, int most)
    {
        var shown = string.Concat(text.Take(most).Select(l => char.IsControl(l) && l is not ('\n' or '\t') ? ' ' : l));
        return text.Length > most ? shown + "…" : shown;
    }
}
