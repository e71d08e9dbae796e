using ControlPlane.Model.Configuration;

namespace ControlPlane.Adapters.Configuration;

/// <summary><c>GatewayClass</c> of the Gateway API: says nothing that is not known, but ours must not be given away to another controller.</summary>
internal static class GatewayClassDecoder
{
    public const string Controller = "controlplane.io/gateway";

    public static DecodedPart Decode(FieldReader spec, DecodeContext context)
    {
        string controller = spec.RequiredText("controllerName");
        if (context.Metadata.Name != Gateway.ClassName)
        {
            spec.Accept([.. spec.Names]);
            return default;
        }
        if (controller is not (Controller or ""))
        {
            spec.Refuse("controllerName", $"expected '{Controller}' for the class '{Gateway.ClassName}', found '{controller}'");
        }
        spec.Text("description");
        spec.NotSupportedYet("parametersRef");
        spec.RefuseOthers();
        return default;
    }
}
