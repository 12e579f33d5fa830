using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Juming.Platform.Access;
using Juming.Platform.Handlers;
using Juming.Platform.Http;
using Juming.Platform.Modules;
using Juming.Platform.Notify;
using Juming.Site.Ssh.Commands;
using Juming.Site.Ssh.Data;
using Juming.Site.Ssh.Effects;
using Juming.Site.Ssh.Hosts;
using Juming.Site.Ssh.Session;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Juming.Site.Ssh;

/// <summary>Runs allowed commands on registered hosts over SSH, and proves and takes back what they changed.</summary>
public sealed class SshModule : Module
{
    private const string TemplateName = "Name of the template, lock-account";

    /// <inheritdoc/>
    public override string Name => "ssh";

    /// <inheritdoc/>
    public override void AddServices(IServiceCollection services, IConfiguration settings)
    {
        services.AddSettings<SshSettings>("Modules:Ssh");
        services.AddSingleton<HostTurns>().AddSingleton<IEffectPoints, NoPoints>();
        services.AddScoped<TemplateShelf>().AddScoped<HostDesk>().AddScoped<CommandRunner>().AddScoped<EffectUpkeep>().AddScoped<IHostCommands, HostCommands>();
        services.AddSingleton(new NoticeKind(HostDesk.Stopped, typeof(SshTexts), Role.Analyst, Role.SecurityAdmin));
    }

    /// <inheritdoc/>
    public override IEnumerable<MenuItem> Menu => [new("assets", "Hosts", "/ssh", SshRead.Code, 41, "key", typeof(SshTexts)), new("assets", "Commands", "/ssh/commands", SshRead.Code, 42, "rule", typeof(SshTexts), "/ssh")];

    /// <inheritdoc/>
    public override IEnumerable<RecurringJob> Jobs => [new("ssh-upkeep", "53 3 * * *", (services, ct) => services.GetRequiredService<EffectUpkeep>().Run(ct))];

    /// <inheritdoc/>
    public override void MapEndpoints(IEndpointRouteBuilder routes)
    {
        routes.MapGet("hosts", async (Sender sender, [Description("Part of name, address, account or business"), StringLength(200)] string? text, HostState? state, [Description("Rows passed over"), Range(0, 100_000)] int? skip, [Description("Rows of the page, 50 by default"), Range(1, 200)] int? limit, CancellationToken ct) => (await sender.Send(new ListHosts { Text = text, State = state, Skip = skip ?? 0, Take = limit ?? 50 }, ct)).ToHttp()).Answers<HostPage>("Hosts of the register by name, one page at a time.");
        routes.MapGet("hosts/{id:guid}", async (Sender sender, Guid id, CancellationToken ct) => (await sender.Send(new GetHost(id), ct)).ToHttp()).Answers<HostView>("One host; its secrets are told only as being there.");
        routes.MapPost("hosts", async (Sender sender, AddHost host, CancellationToken ct) => (await sender.Send(host, ct)).ToHttp()).Answers<Guid>("Puts a host into the register; answers with its identity.");
        routes.MapPatch("hosts/{id:guid}", async (Sender sender, Guid id, HostPatch patch, CancellationToken ct) => (await sender.Send(patch.ToCommand(id), ct)).ToHttp()).Answers<Done>("Changes a host; what is absent stays as it is.");
        routes.MapDelete("hosts/{id:guid}", async (Sender sender, Guid id, CancellationToken ct) => (await sender.Send(new RemoveHost(id), ct)).ToHttp()).Answers<Done>("Takes a host and its secrets out of the register.");
        routes.MapPost("hosts/{id:guid}/test", async (Sender sender, Guid id, CancellationToken ct) => (await sender.Send(new TestHost(id), ct)).ToHttp()).Answers<HostTrial>("Signs in once, shows the host's key and looks who that is.");
        routes.MapGet("commands", async (Sender sender, CancellationToken ct) => (await sender.Send(new ListCommands(), ct)).ToHttp()).Answers<IReadOnlyList<CommandRow>>("Command templates in use: what they do, who may, when they were used.");
        routes.MapGet("commands/{name}", async (Sender sender, [Description(TemplateName)] string name, CancellationToken ct) => (await sender.Send(new GetCommand(name), ct)).ToHttp()).Answers<CommandView>("One command template with its document.");
        routes.MapPost("commands", async (Sender sender, KeepCommand template, CancellationToken ct) => (await sender.Send(template, ct)).ToHttp()).Answers<string>("Takes in a template of the site's own; faulty ones are refused with line and reason.");
        routes.MapDelete("commands/{name}", async (Sender sender, [Description(TemplateName)] string name, CancellationToken ct) => (await sender.Send(new RetireCommand(name), ct)).ToHttp()).Answers<Done>("Puts a template of the site's own away.");
        routes.MapPost("commands/{name}/check", async (Sender sender, [Description(TemplateName)] string name, TrialBody body, CancellationToken ct) => (await sender.Send(new TryCommand(name, body.Host, body.Inputs ?? new Dictionary<string, string>()), ct)).ToHttp()).Answers<CommandTrial>("Runs only what reads of a template on a host: its check.");
        routes.MapGet("effects", async (Sender sender, Guid? host, [Description("One template"), StringLength(60)] string? command, [Description("Rows passed over"), Range(0, 100_000)] int? skip, [Description("Rows of the page, 20 by default"), Range(1, 100)] int? limit, CancellationToken ct) => (await sender.Send(new ListEffects { Host = host, Command = command, Skip = skip ?? 0, Take = limit ?? 20 }, ct)).ToHttp()).Answers<EffectPage>("What was done on hosts, the latest first.");
    }
}

/// <summary>Body of a change of a host.</summary>
internal sealed record HostPatch(long? Version, string? Name, string? Business, string? Account, Secret? Password, Secret? PrivateKey, Secret? Passphrase, string? AcceptHostKey)
{
    public ChangeHost ToCommand(Guid id) => new(id) { Version = Version, Name = Name, Business = Business, Account = Account, Password = Password, PrivateKey = PrivateKey, Passphrase = Passphrase, AcceptHostKey = AcceptHostKey };
}

/// <summary>Body of a trial.</summary>
internal sealed record TrialBody(Guid Host, IReadOnlyDictionary<string, string>? Inputs);
