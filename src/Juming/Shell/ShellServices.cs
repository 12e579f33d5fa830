using Juming.Platform.Modules;

namespace Juming.Shell;

/// <summary>The web face of a host: console, API, health and metrics.</summary>
internal static class ShellServices
{
    public static void Add(IServiceCollection services)
    {
        WebSecurity.Add(services);
        services.AddRazorComponents().AddInteractiveServerComponents();
    }

    public static void Map(WebApplication app)
    {
        app.UseRequestLocalization(options => options.SetDefaultCulture("zh-CN").AddSupportedCultures("zh-CN", "en").AddSupportedUICultures("zh-CN", "en"));
        WebSecurity.Use(app);
        Access.AccessEndpoints.Map(app);
        Operations.OperationsEndpoints.Map(app);
        foreach (var module in app.Services.GetRequiredService<IReadOnlyList<Module>>()) module.MapEndpoints(app.MapGroup("/api/" + module.Name));
    }
}
