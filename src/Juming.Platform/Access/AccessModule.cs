using Juming.Platform.Access.Audit;
using Juming.Platform.Access.Passkeys;
using Juming.Platform.Access.Sessions;
using Juming.Platform.Access.Setup;
using Juming.Platform.Access.SignIn;
using Juming.Platform.Access.Tokens;
using Juming.Platform.Access.Users;
using Juming.Platform.Modules;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Juming.Platform.Access;

/// <summary>Accounts, sessions, tokens, rights and the audit trail. Every tier has it.</summary>
public sealed class AccessModule : Module
{
    /// <inheritdoc/>
    public override string Name => "access";

    /// <inheritdoc/>
    public override IEnumerable<MenuItem> Menu =>
    [
        new("admin", "Users", "/users", UsersRead.Code, 80, "user", typeof(AdministrationTexts)),
        new("admin", "Tokens", "/tokens", TokensWrite.Code, 82, "key", typeof(AdministrationTexts)),
        new("admin", "Audit", "/audit", AuditRead.Code, 84, "audit", typeof(AdministrationTexts)),
    ];

    /// <inheritdoc/>
    public override void MapEndpoints(Microsoft.AspNetCore.Routing.IEndpointRouteBuilder routes) => AccessEndpoints.Map(routes);

    /// <inheritdoc/>
    public override void AddServices(IServiceCollection services, IConfiguration settings)
    {
        services.AddSettings<AccessSettings>("Modules:Access");
        services.AddHttpContextAccessor();
        services.AddSingleton<SessionRegistry>().AddSingleton<TokenRegistry>();
        services.AddSingleton<AuditHead>().AddSingleton<AuditTrail>().AddSingleton<IAuditTrail>(p => p.GetRequiredService<AuditTrail>());
        services.AddSingleton<Passwords>().AddSingleton<LockOut>().AddSingleton<PendingSignIns>().AddSingleton<SecondFactors>().AddSingleton<SetupLink>();
        services.AddScoped<IPeople, People>().AddScoped<ISecondFactorCheck, SecondFactorCheck>();
        services.AddSingleton<PasskeyChallenges>().AddScoped<PasskeyCeremony>();
        services.AddScoped<Confirmation>().AddSingleton<UserLinks>().AddScoped<UserBook>().AddSingleton<AdministratorTurn>().AddScoped<AdministratorRules>().AddScoped<Account.OwnAccount>();
        services.AddScoped<AuthenticationStateProvider, CircuitSession>();
        services.AddScoped<IActorSource, ActorSource>();
        services.AddAuthentication(SessionAuthentication.SchemeName).AddScheme<AuthenticationSchemeOptions, SessionAuthentication>(SessionAuthentication.SchemeName, null);
        services.AddAuthorization();
        services.AddHostedService<AccessUpkeep>();
        services.AddDataProtection().SetApplicationName("juming");
    }
}
