package dev.starling.clients;

import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.DeploymentBuilder;
import io.javaoperatorsdk.operator.api.config.informer.InformerEventSourceConfiguration;
import io.javaoperatorsdk.operator.api.reconciler.Cleaner;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import io.javaoperatorsdk.operator.api.reconciler.ControllerConfiguration;
import io.javaoperatorsdk.operator.api.reconciler.DeleteControl;
import io.javaoperatorsdk.operator.api.reconciler.EventSourceContext;
import io.javaoperatorsdk.operator.api.reconciler.Reconciler;
import io.javaoperatorsdk.operator.api.reconciler.UpdateControl;
import io.javaoperatorsdk.operator.processing.event.source.EventSource;
import io.javaoperatorsdk.operator.processing.event.source.informer.InformerEventSource;
import java.util.List;
import java.util.TreeMap;

/** Makes a Deployment of a site, tells what is ready in its status, and leaves a note when the site ends. */
@ControllerConfiguration
public final class SiteReconciler implements Reconciler<Site>, Cleaner<Site> {

    @Override
    public List<EventSource<?, Site>> prepareEventSources(EventSourceContext<Site> context) {
        var owned = InformerEventSourceConfiguration.from(Deployment.class, Site.class).build();
        return List.of(new InformerEventSource<>(owned, context));
    }

    @Override
    public UpdateControl<Site> reconcile(Site site, Context<Site> context) {
        context.getClient().resource(deployment(site)).fieldManager("sites").forceConflicts().serverSideApply();
        int ready = context.getSecondaryResource(Deployment.class)
                .filter(made -> made.getSpec().getReplicas() == site.replicas())
                .map(made -> made.getStatus().getReadyReplicas()).orElse(0);
        if (ready == site.readyReplicas()) {
            return UpdateControl.noUpdate();
        }
        var status = new TreeMap<String, Object>();
        status.put("readyReplicas", ready);
        site.setStatus(status);
        return UpdateControl.patchStatus(site);
    }

    private static Deployment deployment(Site site) {
        String name = site.getMetadata().getName();
        var made = new DeploymentBuilder().withNewMetadata().withName(name)
                .withNamespace(site.getMetadata().getNamespace()).endMetadata()
                .withNewSpec().withReplicas(site.replicas()).withNewSelector().addToMatchLabels("site", name)
                .endSelector().withNewTemplate().withNewMetadata().addToLabels("site", name).endMetadata()
                .withNewSpec().addNewContainer().withName("web").withImage("nginx").endContainer().endSpec()
                .endTemplate().endSpec().build();
        made.addOwnerReference(site);
        return made;
    }

    @Override
    public DeleteControl cleanup(Site site, Context<Site> context) {
        context.getClient().resource(new ConfigMapBuilder().withNewMetadata()
                .withName("cleaned-" + site.getMetadata().getName())
                .withNamespace(site.getMetadata().getNamespace()).endMetadata().build()).serverSideApply();
        return DeleteControl.defaultDelete();
    }
}
